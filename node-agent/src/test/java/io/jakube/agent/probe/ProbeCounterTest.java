package io.jakube.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProbeCounterTest {
    @Test
    void answers_once_a_threshold_is_reached_in_a_row() {
        ProbeCounter counter = new ProbeCounter(2, 3);
        assertThat(counter.count(true)).isEmpty();
        assertThat(counter.count(true)).contains(true);
        assertThat(counter.count(false)).isEmpty();
        assertThat(counter.count(false)).isEmpty();
        assertThat(counter.count(true)).isEmpty();
        assertThat(counter.count(false)).isEmpty();
        assertThat(counter.count(false)).isEmpty();
        assertThat(counter.count(false)).contains(false);
        assertThat(counter.count(false)).contains(false);
    }
}
