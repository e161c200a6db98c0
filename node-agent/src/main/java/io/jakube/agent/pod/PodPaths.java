package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;

/**
 * Where a node keeps files of its pods: {@code $root/pods/<uid>/{volumes,containers,etc-hosts}} and
 * {@code $root/logs/pods/<namespace>_<name>_<uid>/<container>/<restart>.log}.
 */
public record PodPaths(Path root) {
    public PodPaths {
        requireNonNull(root, "root is null");
    }

    public Path pods() {
        return root.resolve("pods");
    }

    public Path logs() {
        return root.resolve("logs").resolve("pods");
    }

    public Path pod(Pod pod) {
        return pods().resolve(pod.getMetadata().getUid());
    }

    public Path volumes(Pod pod) {
        return pod(pod).resolve("volumes");
    }

    public Path hosts(Pod pod) {
        return pod(pod).resolve("etc-hosts");
    }

    public Path container(Pod pod, String container) {
        return pod(pod).resolve("containers").resolve(container);
    }

    public Path logs(Pod pod) {
        return logs().resolve(pod.getMetadata().getNamespace() + "_" + pod.getMetadata().getName() + "_" + pod.getMetadata().getUid());
    }
}
