package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Map;
import java.util.TreeMap;

/** Labels and annotations by which sandboxes and containers are found again in the runtime; the names other CRI tools know. */
public final class Labels {
    public static final String POD_NAME = "io.kubernetes.pod.name";
    public static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
    public static final String POD_UID = "io.kubernetes.pod.uid";
    public static final String CONTAINER_NAME = "io.kubernetes.container.name";

    static final String HASH = "io.kubernetes.container.hash";
    static final String RESTART_COUNT = "io.kubernetes.container.restartCount";
    static final String MESSAGE_PATH = "io.kubernetes.container.terminationMessagePath";
    static final String MESSAGE_POLICY = "io.kubernetes.container.terminationMessagePolicy";
    static final String GRACE_PERIOD = "io.kubernetes.pod.terminationGracePeriod";

    private Labels() {}

    static Map<String, String> ofSandbox(Pod pod) {
        Map<String, String> labels = new TreeMap<>();
        if (pod.getMetadata().getLabels() != null) {
            labels.putAll(pod.getMetadata().getLabels());
        }
        labels.put(POD_NAME, pod.getMetadata().getName());
        labels.put(POD_NAMESPACE, pod.getMetadata().getNamespace());
        labels.put(POD_UID, pod.getMetadata().getUid());
        return labels;
    }

    static Map<String, String> ofContainer(Pod pod, Container container) {
        return Map.of(
                POD_NAME, pod.getMetadata().getName(),
                POD_NAMESPACE, pod.getMetadata().getNamespace(),
                POD_UID, pod.getMetadata().getUid(),
                CONTAINER_NAME, container.getName());
    }

    static Map<String, String> annotations(PodSpec spec, Container container, int restartCount) {
        return Map.of(
                HASH, hash(container),
                RESTART_COUNT, Integer.toString(restartCount),
                MESSAGE_PATH, messagePath(container),
                MESSAGE_POLICY, container.getTerminationMessagePolicy() == null ? "File" : container.getTerminationMessagePolicy(),
                GRACE_PERIOD, String.valueOf(spec.getTerminationGracePeriodSeconds() == null ? 30 : spec.getTerminationGracePeriodSeconds()));
    }

    static String messagePath(Container container) {
        return container.getTerminationMessagePath() == null ? "/dev/termination-log" : container.getTerminationMessagePath();
    }

    /** Changes with what makes a running container outdated: its name and image. */
    static String hash(Container container) {
        return Integer.toHexString((container.getName() + "\n" + container.getImage()).hashCode());
    }
}
