package io.jakube.common.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * How to delete (API reference, meta/v1 DeleteOptions).
 *
 * @param uid the object must have this uid; empty does not ask
 * @param resourceVersion the object must be at this version; empty does not ask
 * @param gracePeriodSeconds null for the object's own
 * @param propagationPolicy {@code Background}, {@code Foreground}, {@code Orphan}, or empty for the type's default
 */
public record DeleteOptions(String uid, String resourceVersion, @Nullable Long gracePeriodSeconds, String propagationPolicy) {
    public static final DeleteOptions NONE = new DeleteOptions("", "", null, "");

    public static DeleteOptions ofUid(String uid) {
        return new DeleteOptions(uid, "", null, "");
    }

    public DeleteOptions withGracePeriodSeconds(long seconds) {
        return new DeleteOptions(uid, resourceVersion, seconds, propagationPolicy);
    }

    public DeleteOptions withPropagationPolicy(String policy) {
        return new DeleteOptions(uid, resourceVersion, gracePeriodSeconds, policy);
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object().put("kind", "DeleteOptions").put("apiVersion", "v1");
        if (!uid.isEmpty() || !resourceVersion.isEmpty()) {
            ObjectNode preconditions = json.putObject("preconditions");
            if (!uid.isEmpty()) {
                preconditions.put("uid", uid);
            }
            if (!resourceVersion.isEmpty()) {
                preconditions.put("resourceVersion", resourceVersion);
            }
        }
        if (gracePeriodSeconds != null) {
            json.put("gracePeriodSeconds", gracePeriodSeconds);
        }
        if (!propagationPolicy.isEmpty()) {
            json.put("propagationPolicy", propagationPolicy);
        }
        return json;
    }
}
