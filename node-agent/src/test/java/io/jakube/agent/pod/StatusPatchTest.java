package io.jakube.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import org.junit.jupiter.api.Test;

class StatusPatchTest {
    @Test
    void what_a_condition_no_longer_has_is_removed() {
        PodStatus before = new PodStatusBuilder().addNewCondition().withType("Ready").withStatus("False").withReason("R").withMessage("M").endCondition().build();
        PodStatus after = new PodStatusBuilder().addNewCondition().withType("Ready").withStatus("True").endCondition().build();
        ObjectNode patch = StatusPatch.of("uid", before, after);
        assertThat(patch.at("/metadata/uid").asText()).isEqualTo("uid");
        assertThat(patch.at("/status/conditions/0/reason").isNull()).isTrue();
        assertThat(patch.at("/status/conditions/0/message").isNull()).isTrue();
    }

    @Test
    void changed_addresses_replace_the_old_ones() {
        PodStatus before = new PodStatusBuilder().withPodIP("10.0.0.1").withPodIPs(new PodIP("10.0.0.1")).build();
        PodStatus after = new PodStatusBuilder().withPodIP("10.0.0.2").withPodIPs(new PodIP("10.0.0.2")).build();
        assertThat(StatusPatch.of("uid", before, after).at("/status/podIPs").toString()).isEqualTo("[{\"$patch\":\"replace\"},{\"ip\":\"10.0.0.2\"}]");
        assertThat(StatusPatch.of("uid", before, before).at("/status/podIPs").toString()).isEqualTo("[{\"ip\":\"10.0.0.1\"}]");
    }
}
