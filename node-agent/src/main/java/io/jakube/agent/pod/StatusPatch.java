package io.jakube.agent.pod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.jakube.common.json.Json;
import java.util.List;

/**
 * The strategic merge patch from one status to another. Conditions are merged by type, so those of others stay; address lists would be merged
 * by address and are therefore replaced as a whole; everything else is replaced by its nature.
 */
final class StatusPatch {
    private static final List<String> MERGED_BY_ADDRESS = List.of("podIPs", "hostIPs");

    private StatusPatch() {}

    static ObjectNode of(String uid, PodStatus before, PodStatus after) {
        ObjectNode old = Json.mapper().valueToTree(before);
        ObjectNode status = Json.mapper().valueToTree(after);
        for (String list : MERGED_BY_ADDRESS) {
            if (old.has(list) && status.has(list) && !old.get(list).equals(status.get(list))) {
                ((ArrayNode) status.get(list)).insertObject(0).put("$patch", "replace");
            }
        }
        for (JsonNode condition : status.path("conditions")) {
            for (JsonNode known : old.path("conditions")) {
                if (known.path("type").equals(condition.path("type"))) {
                    known.fieldNames().forEachRemaining(field -> {
                        if (!condition.has(field)) {
                            ((ObjectNode) condition).putNull(field);
                        }
                    });
                }
            }
        }
        for (String field : List.of("reason", "message", "podIP", "hostIP")) {
            if (old.has(field) && !status.has(field)) {
                status.putNull(field);
            }
        }
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", uid);
        patch.set("status", status);
        return patch;
    }
}
