package io.jakube.common.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventCorrelatorTest {
    private static final ObjectReference POD = new ObjectReferenceBuilder().withKind("Pod").withNamespace("ns").withName("p").withUid("u").build();
    private final EventCorrelator correlator = new EventCorrelator();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private EventCorrelator.Outcome say(String message) {
        return correlator.correlate(new EventCorrelator.Occurrence(POD, EventRecorder.Type.WARNING, "BackOff", message), now);
    }

    @Test
    void countsEqualEvents() {
        assertThat(say("x").earlier().count).isEqualTo(1);
        assertThat(say("x").earlier().count).isEqualTo(2);
        assertThat(say("y").earlier().count).isEqualTo(1);
    }

    @Test
    void combinesManyDifferentMessages() {
        for (int i = 0; i < 10; i++) {
            assertThat(say("message " + i).occurrence().message()).isEqualTo("message " + i);
        }
        assertThat(say("message 10").occurrence().message()).isEqualTo("(combined from similar events): message 10");
        assertThat(say("message 11").earlier().count).isEqualTo(2);
        assertThat(say("message 3").occurrence().message()).isEqualTo("message 3");
        now = now.plusSeconds(601);
        assertThat(say("message 12").occurrence().message()).isEqualTo("message 12");
    }

    @Test
    void limitsEventsPerObject() {
        for (int i = 0; i < 25; i++) {
            assertThat(say("x")).isNotNull();
        }
        assertThat(say("x")).isNull();
        now = now.plusSeconds(300);
        assertThat(say("x")).isNotNull();
        assertThat(say("x")).isNull();
    }
}
