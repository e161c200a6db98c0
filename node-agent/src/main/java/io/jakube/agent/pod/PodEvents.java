package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.events.EventRecorder.Type;

/** Records events about pods and their containers. Thread-safe. */
public record PodEvents(EventRecorder recorder) {
    public PodEvents {
        requireNonNull(recorder, "recorder is null");
    }

    public void normal(Pod pod, String reason, String message) {
        recorder.record(reference(pod), Type.NORMAL, reason, message);
    }

    public void warning(Pod pod, String reason, String message) {
        recorder.record(reference(pod), Type.WARNING, reason, message);
    }

    public void normal(Pod pod, Container container, String reason, String message) {
        recorder.record(reference(pod, container), Type.NORMAL, reason, message);
    }

    public void warning(Pod pod, Container container, String reason, String message) {
        recorder.record(reference(pod, container), Type.WARNING, reason, message);
    }

    private static ObjectReference reference(Pod pod) {
        ObjectReference reference = new ObjectReference();
        reference.setApiVersion("v1");
        reference.setKind("Pod");
        reference.setNamespace(pod.getMetadata().getNamespace());
        reference.setName(pod.getMetadata().getName());
        reference.setUid(pod.getMetadata().getUid());
        reference.setResourceVersion(pod.getMetadata().getResourceVersion());
        return reference;
    }

    private static ObjectReference reference(Pod pod, Container container) {
        ObjectReference reference = reference(pod);
        reference.setFieldPath(PodSpecs.fieldPath(pod.getSpec(), container.getName()));
        return reference;
    }
}
