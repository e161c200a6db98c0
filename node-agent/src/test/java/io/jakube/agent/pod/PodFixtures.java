package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Pods, runtime states and probe answers for tests of pure parts. */
final class PodFixtures {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    /** Every container started and ready. */
    static final ProbeView HEALTHY = view(true, false, false);

    private PodFixtures() {}

    static ProbeView view(boolean passing, boolean livenessFailed, boolean startupFailed) {
        return new ProbeView() {
            @Override
            public boolean started(String containerId) {
                return passing;
            }

            @Override
            public boolean ready(String containerId) {
                return passing;
            }

            @Override
            public boolean livenessFailed(String containerId) {
                return livenessFailed;
            }

            @Override
            public boolean startupFailed(String containerId) {
                return startupFailed;
            }
        };
    }

    static Container container(String name) {
        return new ContainerBuilder().withName(name).withImage("image").build();
    }

    static Container sidecar(String name) {
        return new ContainerBuilder(container(name)).withRestartPolicy("Always").build();
    }

    static Pod pod(String restartPolicy, List<Container> init, Container... containers) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("p")
                .withNamespace("ns")
                .withUid("uid")
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy(restartPolicy)
                .withInitContainers(init)
                .withContainers(containers)
                .endSpec()
                .build();
    }

    static RuntimePod.Sandbox sandbox(String id, boolean ready) {
        return new RuntimePod.Sandbox(id, 0, ready, ready ? List.of("10.0.0.2") : List.of());
    }

    static ContainerRecord record(String name, ContainerRecord.State state, int exitCode) {
        return record(name, state, exitCode, 0, "s");
    }

    static ContainerRecord record(String name, ContainerRecord.State state, int exitCode, int attempt, String sandbox) {
        return new ContainerRecord(name + "-" + attempt, sandbox, name, attempt, Labels.hash(container(name)), state, NOW, NOW, NOW, exitCode, "", "", "image", "sha256:1", "");
    }

    static PodStatusInput input(Pod pod, RuntimePod runtime, Map<String, WaitingReason> reasons, boolean ending) {
        return new PodStatusInput(pod, pod.getStatus() == null ? new PodStatus() : pod.getStatus(), runtime, HEALTHY, reasons, Set.of(), ending, Optional.empty(),
                List.of("192.0.2.1"), NOW, NOW);
    }
}
