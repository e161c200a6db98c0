package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerRestartRule;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.jakube.common.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reading pod specifications: the three kinds of containers, restart policies, defaults. */
public final class PodSpecs {
    private PodSpecs() {}

    public static List<Container> initContainers(PodSpec spec) {
        return spec.getInitContainers() == null ? List.of() : spec.getInitContainers();
    }

    /** Ephemeral containers, with the fields they share with containers. */
    public static List<Container> ephemeralContainers(PodSpec spec) {
        return spec.getEphemeralContainers() == null ? List.of() : spec.getEphemeralContainers().stream().map(PodSpecs::asContainer).toList();
    }

    public static Stream<Container> allContainers(PodSpec spec) {
        return Stream.of(initContainers(spec), spec.getContainers(), ephemeralContainers(spec)).flatMap(List::stream);
    }

    public static Optional<Container> find(PodSpec spec, String name) {
        return allContainers(spec).filter(c -> c.getName().equals(name)).findFirst();
    }

    /** The field path events use. */
    public static String fieldPath(PodSpec spec, String name) {
        if (initContainers(spec).stream().anyMatch(c -> c.getName().equals(name))) {
            return "spec.initContainers{" + name + "}";
        }
        if (spec.getContainers().stream().anyMatch(c -> c.getName().equals(name))) {
            return "spec.containers{" + name + "}";
        }
        return "spec.ephemeralContainers{" + name + "}";
    }

    /** An init container that keeps running beside the others (KEP-753). */
    public static boolean isSidecar(Container initContainer) {
        return "Always".equals(initContainer.getRestartPolicy());
    }

    public static String restartPolicy(PodSpec spec) {
        return spec.getRestartPolicy() == null ? "Always" : spec.getRestartPolicy();
    }

    /** Whether a regular container that exited runs again: its own rules and policy (KEP-5307), then the pod's policy. */
    public static boolean restarts(PodSpec spec, Container container, int exitCode) {
        if (container.getRestartPolicyRules() != null) {
            for (ContainerRestartRule rule : container.getRestartPolicyRules()) {
                if (rule.getExitCodes() != null && "Restart".equals(rule.getAction())) {
                    boolean contains = rule.getExitCodes().getValues().contains(exitCode);
                    if (contains == "In".equals(rule.getExitCodes().getOperator())) {
                        return true;
                    }
                }
            }
        }
        String policy = container.getRestartPolicy() == null ? restartPolicy(spec) : container.getRestartPolicy();
        return switch (policy) {
            case "Never" -> false;
            case "OnFailure" -> exitCode != 0;
            default -> true;
        };
    }

    public static boolean hostNetwork(PodSpec spec) {
        return Boolean.TRUE.equals(spec.getHostNetwork());
    }

    /** Seconds a pod gets to end: what its deletion asked for, else its specification. */
    public static long gracePeriodSeconds(Pod pod) {
        if (pod.getMetadata().getDeletionTimestamp() != null && pod.getMetadata().getDeletionGracePeriodSeconds() != null) {
            return pod.getMetadata().getDeletionGracePeriodSeconds();
        }
        return pod.getSpec().getTerminationGracePeriodSeconds() == null ? 30 : pod.getSpec().getTerminationGracePeriodSeconds();
    }

    /** {@code name_namespace(uid)}, as messages name pods. */
    public static String format(Pod pod) {
        return pod.getMetadata().getName() + "_" + pod.getMetadata().getNamespace() + "(" + pod.getMetadata().getUid() + ")";
    }

    private static Container asContainer(EphemeralContainer ephemeral) {
        return Json.convert(Json.mapper().valueToTree(ephemeral), Container.class);
    }
}
