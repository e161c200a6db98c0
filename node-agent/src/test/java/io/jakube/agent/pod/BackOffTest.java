package io.jakube.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BackOffTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private final BackOff backOff = new BackOff(Duration.ofSeconds(10), Duration.ofMinutes(5));

    @Test
    void delays_double_up_to_the_greatest() {
        assertThat(backOff.delay("a", START)).isZero();
        int[] seconds = {10, 20, 40, 80, 160, 300, 300};
        for (int expected : seconds) {
            backOff.next("a", START);
            assertThat(backOff.delay("a", START)).isEqualTo(Duration.ofSeconds(expected));
        }
    }

    @Test
    void a_long_time_without_failure_is_forgiven() {
        backOff.next("a", START);
        backOff.next("a", START);
        Instant later = START.plus(Duration.ofMinutes(11));
        assertThat(backOff.delay("a", later)).isZero();
        backOff.next("a", later);
        assertThat(backOff.delay("a", later)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void keys_are_apart() {
        backOff.next("a", START);
        assertThat(backOff.delay("b", START)).isZero();
        backOff.reset("a");
        assertThat(backOff.delay("a", START)).isZero();
    }
}
