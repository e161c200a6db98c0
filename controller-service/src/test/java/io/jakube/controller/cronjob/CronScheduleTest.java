package io.jakube.controller.cronjob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronScheduleTest {
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "*/5 * * * *; 2026-01-01T00:00:00Z; 2026-01-01T00:05:00Z",
        "*/5 * * * *; 2026-01-01T00:04:59Z; 2026-01-01T00:05:00Z",
        "0 3 * * *; 2026-01-01T03:00:00Z; 2026-01-02T03:00:00Z",
        "30 1 1 * *; 2026-01-15T00:00:00Z; 2026-02-01T01:30:00Z",
        "0 0 29 2 *; 2026-01-01T00:00:00Z; 2028-02-29T00:00:00Z",
        "0 0 * * mon-fri; 2026-01-02T12:00:00Z; 2026-01-05T00:00:00Z",
        "0 0 13 * fri; 2026-01-01T00:00:00Z; 2026-01-02T00:00:00Z",
        "0 0 ? * 7; 2026-01-01T00:00:00Z; 2026-01-04T00:00:00Z",
        "15,45 8-10/2 * JAN *; 2026-01-01T08:45:00Z; 2026-01-01T10:15:00Z",
        "@hourly; 2026-01-01T00:00:01Z; 2026-01-01T01:00:00Z",
        "@weekly; 2026-01-01T00:00:00Z; 2026-01-04T00:00:00Z",
        "@every 1h30m; 2026-01-01T00:00:00Z; 2026-01-01T01:30:00Z"})
    void findsTheNextTime(String schedule, Instant after, Instant expected) {
        assertThat(CronSchedule.parse(schedule).next(after, ZoneId.of("UTC"))).contains(expected);
    }

    @Test
    void countsInTheTimeZone() {
        assertThat(CronSchedule.parse("0 9 * * *").next(Instant.parse("2026-07-01T00:00:00Z"), ZoneId.of("Europe/Berlin"))).contains(Instant.parse("2026-07-01T07:00:00Z"));
    }

    @Test
    void impossibleDatesHaveNoNextTime() {
        assertThat(CronSchedule.parse("0 0 31 2 *").next(Instant.EPOCH, ZoneId.of("UTC"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"* * * *; expected exactly 5 fields", "60 * * * *; above maximum", "* * 0 * *; below minimum", "5-1 * * * *; beyond end", "*/0 * * * *; positive number", "x * * * *; failed to parse int"})
    void saysWhatIsWrong(String schedule, String message) {
        assertThatThrownBy(() -> CronSchedule.parse(schedule)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
