package io.jakube.controller.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.common.client.PatchType;
import io.jakube.common.json.Json;
import io.jakube.controller.pods.Times;
import io.jakube.controller.runtime.Write;
import java.time.Instant;

/** The pod condition that says who ended a pod from outside (KEP-3329). */
final class DisruptionTargets {
    private DisruptionTargets() {}

    /** @param fail whether the pod ends as Failed with this: nobody else is there to say so */
    static Write mark(Pod pod, String reason, String message, boolean fail, Instant now) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", pod.getMetadata().getUid());
        ObjectNode status = patch.putObject("status");
        if (fail) {
            status.put("phase", "Failed");
        }
        // A strategic merge replaces the condition of this type only.
        ArrayNode conditions = status.putArray("conditions");
        conditions.addObject().put("type", "DisruptionTarget").put("status", "True").put("reason", reason).put("message", message).put("lastTransitionTime", Times.format(now));
        return new Write.Patch(Pod.class, pod.getMetadata().getNamespace(), pod.getMetadata().getName(), "status", PatchType.STRATEGIC_MERGE, patch);
    }
}
