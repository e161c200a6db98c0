package io.jakube.scheduler.binding;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.jakube.common.client.ApiClient;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.client.PatchType;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.scheduler.snapshot.PodInfo;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes through the API server, with the scheduler's own identity. */
public final class ApiPodWriter implements PodWriter {
    private final ApiClient client;
    private final InstantSource clock;

    public ApiPodWriter(ApiClient client, InstantSource clock) {
        this.client = requireNonNull(client, "client is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void bind(Pod pod, String node) {
        ObjectNode binding = Json.object().put("apiVersion", "v1").put("kind", "Binding");
        binding.putObject("metadata").put("name", pod.getMetadata().getName()).put("namespace", pod.getMetadata().getNamespace()).put("uid", pod.getMetadata().getUid());
        binding.putObject("target").put("apiVersion", "v1").put("kind", "Node").put("name", node);
        client.post(Pod.class, pod.getMetadata().getNamespace(), pod.getMetadata().getName(), "binding", binding);
    }

    @Override
    public void reportUnschedulable(Pod pod, String message, @Nullable String nominatedNode) {
        if (alreadySays(pod, message) && nominatedNode == null) {
            return;
        }
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", pod.getMetadata().getUid());
        ObjectNode status = patch.putObject("status");
        if (nominatedNode != null) {
            status.put("nominatedNodeName", nominatedNode.isEmpty() ? null : nominatedNode);
        }
        condition(status, "PodScheduled", "False", "Unschedulable", message);
        client.patch(Pod.class, pod.getMetadata().getNamespace(), pod.getMetadata().getName(), "status", PatchType.STRATEGIC_MERGE, patch);
    }

    @Override
    public void bindVolume(PersistentVolume volume, PersistentVolumeClaim claim) {
        ObjectNode patch = Json.object();
        ObjectNode metadata = patch.putObject("metadata").put("uid", volume.getMetadata().getUid()).put("resourceVersion", volume.getMetadata().getResourceVersion());
        metadata.putObject("annotations").put("pv.kubernetes.io/bound-by-controller", "yes");
        patch.putObject("spec").putObject("claimRef").put("apiVersion", "v1").put("kind", "PersistentVolumeClaim").put("namespace", claim.getMetadata().getNamespace())
                .put("name", claim.getMetadata().getName()).put("uid", claim.getMetadata().getUid()).put("resourceVersion", claim.getMetadata().getResourceVersion());
        client.patch(PersistentVolume.class, "", volume.getMetadata().getName(), "", PatchType.MERGE, patch);
    }

    @Override
    public void selectNode(PersistentVolumeClaim claim, String node) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", claim.getMetadata().getUid()).putObject("annotations").put("volume.kubernetes.io/selected-node", node);
        client.patch(PersistentVolumeClaim.class, claim.getMetadata().getNamespace(), claim.getMetadata().getName(), "", PatchType.MERGE, patch);
    }

    @Override
    public void withdrawNomination(Pod pod) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", pod.getMetadata().getUid());
        patch.putObject("status").putNull("nominatedNodeName");
        client.patch(Pod.class, pod.getMetadata().getNamespace(), pod.getMetadata().getName(), "status", PatchType.STRATEGIC_MERGE, patch);
    }

    private static boolean alreadySays(Pod pod, String message) {
        List<PodCondition> conditions = pod.getStatus() == null ? null : pod.getStatus().getConditions();
        return conditions != null
                && conditions.stream().anyMatch(c -> "PodScheduled".equals(c.getType()) && "False".equals(c.getStatus()) && "Unschedulable".equals(c.getReason()) && message.equals(c.getMessage()));
    }

    @Override
    public void preempt(PodInfo beneficiary, List<PodInfo> victims) {
        for (PodInfo victim : victims) {
            if (victim.terminating()) {
                continue;
            }
            try {
                ObjectNode patch = Json.object();
                patch.putObject("metadata").put("uid", victim.uid());
                condition(patch.putObject("status"), "DisruptionTarget", "True", "PreemptionByScheduler", "default-scheduler: preempting to accommodate a higher priority pod");
                client.patch(Pod.class, victim.namespace(), victim.key().name(), "status", PatchType.STRATEGIC_MERGE, patch);
                client.delete(Pod.class, victim.namespace(), victim.key().name(), DeleteOptions.ofUid(victim.uid()));
            } catch (ApiException e) {
                if (!e.is("NotFound") && !e.is("Conflict")) {
                    throw e;
                }
            }
        }
    }

    private void condition(ObjectNode status, String type, String value, String reason, String message) {
        status.putArray("conditions").addObject()
                .put("type", type)
                .put("status", value)
                .put("reason", reason)
                .put("message", message)
                .put("lastTransitionTime", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
