package io.jakube.agent.pod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;

/** What the agent writes about pods. Calls block; they throw {@code ApiException} and {@code UncheckedIOException} as the API client does. */
public interface PodApi {
    /** @param patch strategic merge patch of the status subresource */
    void patchStatus(Pod pod, ObjectNode patch);

    /** Removes the object at once, if it still is this pod. A pod that is gone already is no error. */
    void delete(Pod pod);
}
