package io.jakube.launcher.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final Duration SHORT = Duration.ofMillis(150);
    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void waitsForWhatWorksOn() {
        AtomicInteger questions = new AtomicInteger();
        AtomicLong activity = new AtomicLong();

        Optional<String> complaint = new Patience(SHORT, LONG)
                .await(() -> questions.incrementAndGet() > 10 ? Optional.empty() : Optional.of("not yet"), Optional::empty, activity::incrementAndGet);

        assertThat(complaint).isEmpty();
        assertThat(questions).hasValue(11);
    }

    @Test
    void givesUpOnWhatIsSilent() {
        assertThat(new Patience(SHORT, LONG).await(() -> Optional.of("not yet"), Optional::empty, () -> 7)).contains("not yet");
    }

    @Test
    void givesUpOnWhatIsBusyForEver() {
        AtomicLong activity = new AtomicLong();

        assertThat(new Patience(LONG, SHORT).await(() -> Optional.of("not yet"), Optional::empty, activity::incrementAndGet)).contains("not yet");
    }

    @Test
    void givesUpAtOnceOnWhatHasEnded() {
        AtomicInteger questions = new AtomicInteger();

        Optional<String> complaint = new Patience(LONG, LONG).await(
                () -> {
                    questions.incrementAndGet();
                    return Optional.of("not yet");
                },
                () -> Optional.of("the process has ended"),
                () -> 7);

        assertThat(complaint).contains("the process has ended");
        assertThat(questions).hasValue(1);
    }
}
