package io.jakube.agent.api;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.agent.pod.PodApi;
import io.jakube.common.client.ApiClient;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.client.PatchType;
import io.jakube.common.status.ApiException;

/** Writes about pods through the REST API. */
public final class RestPodApi implements PodApi {
    private final ApiClient client;

    public RestPodApi(ApiClient client) {
        this.client = requireNonNull(client, "client is null");
    }

    @Override
    public void patchStatus(Pod pod, ObjectNode patch) {
        client.patch(Pod.class, pod.getMetadata().getNamespace(), pod.getMetadata().getName(), "status", PatchType.STRATEGIC_MERGE, patch);
    }

    @Override
    public void delete(Pod pod) {
        try {
            client.delete(
                    Pod.class,
                    pod.getMetadata().getNamespace(),
                    pod.getMetadata().getName(),
                    DeleteOptions.ofUid(pod.getMetadata().getUid()).withGracePeriodSeconds(0));
        } catch (ApiException e) {
            if (e.code() != 404 && e.code() != 409) {
                throw e;
            }
        }
    }
}
