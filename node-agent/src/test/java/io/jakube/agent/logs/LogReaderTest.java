package io.jakube.agent.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
    @TempDir Path directory;
    private Path log;

    @BeforeEach
    void write() throws IOException {
        log = Files.writeString(directory.resolve("0.log"), """
                2026-01-01T00:00:01.5Z stdout F one
                2026-01-01T00:00:02Z stderr F two
                2026-01-01T00:00:03Z stdout P thr
                2026-01-01T00:00:03Z stdout F ee
                2026-01-01T00:00:04+00:00 stdout F four
                """);
    }

    private static LogOptions options(OptionalLong tail, Optional<Instant> since, OptionalLong limit, boolean timestamps, String stream) {
        return new LogOptions(false, timestamps, tail, since, limit, stream);
    }

    private String read(LogOptions options) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new LogReader(log, options, out, () -> false).copy();
        return out.toString(UTF_8);
    }

    @Test
    void parts_of_a_line_are_joined() throws Exception {
        assertThat(read(options(OptionalLong.empty(), Optional.empty(), OptionalLong.empty(), false, "All"))).isEqualTo("one\ntwo\nthree\nfour\n");
    }

    @Test
    void tail_since_limit_stream_and_timestamps_select() throws Exception {
        assertThat(read(options(OptionalLong.of(1), Optional.empty(), OptionalLong.empty(), false, "All"))).isEqualTo("four\n");
        assertThat(read(options(OptionalLong.of(0), Optional.empty(), OptionalLong.empty(), false, "All"))).isEmpty();
        assertThat(read(options(OptionalLong.of(99), Optional.empty(), OptionalLong.empty(), false, "All"))).startsWith("one\n");
        assertThat(read(options(OptionalLong.empty(), Optional.of(Instant.parse("2026-01-01T00:00:03Z")), OptionalLong.empty(), false, "All"))).isEqualTo("three\nfour\n");
        assertThat(read(options(OptionalLong.empty(), Optional.empty(), OptionalLong.of(6), false, "All"))).isEqualTo("one\ntw");
        assertThat(read(options(OptionalLong.empty(), Optional.empty(), OptionalLong.empty(), false, "Stderr"))).isEqualTo("two\n");
        assertThat(read(options(OptionalLong.of(3), Optional.empty(), OptionalLong.empty(), true, "All")))
                .isEqualTo("2026-01-01T00:00:03Z three\n2026-01-01T00:00:04+00:00 four\n");
    }

    @Test
    void following_ends_with_the_container_and_misses_nothing() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AtomicInteger asked = new AtomicInteger();
        LogOptions options = new LogOptions(true, false, OptionalLong.of(1), Optional.empty(), OptionalLong.empty(), "All");
        new LogReader(log, options, out, () -> {
            if (asked.incrementAndGet() == 2) {
                append("2026-01-01T00:00:05Z stdout F five\n");
            }
            return asked.get() < 2;
        }).copy();
        assertThat(out.toString(UTF_8)).isEqualTo("four\nfive\n");
    }

    private void append(String text) {
        try {
            Files.writeString(log, text, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
