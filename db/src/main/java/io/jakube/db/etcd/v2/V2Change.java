package io.jakube.db.etcd.v2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a node.
 *
 * @param action set, create, update, delete, expire, compareAndSwap or compareAndDelete
 * @param node after it; for a deletion what names it
 * @param previous before it
 */
record V2Change(String action, V2Node node, @Nullable V2Node previous) {
    private static final String PENDING = "created";

    boolean deletes() {
        return action.equals("delete") || action.equals("compareAndDelete") || action.equals("expire");
    }

    /** As it is written down: the index is that of the write itself, and so not in it. */
    byte[] stored() {
        ObjectNode json = Json.object().put("action", action);
        json.set("node", nodeJson(node, 0));
        json.put(PENDING, node.created());
        if (previous != null) {
            json.set("prevNode", previous.json());
        }
        return Json.write(json);
    }

    /** What was written down, with the index of the write. */
    static ObjectNode restored(byte[] stored, long index) {
        ObjectNode json = Json.readObject(stored);
        long created = json.path(PENDING).asLong();
        json.remove(PENDING);
        ((ObjectNode) json.get("node")).put("modifiedIndex", index).put("createdIndex", created == 0 ? index : created);
        return json;
    }

    ObjectNode json(long index) {
        ObjectNode json = Json.object().put("action", action);
        json.set("node", nodeJson(node, index));
        if (previous != null) {
            json.set("prevNode", previous.json());
        }
        return json;
    }

    private ObjectNode nodeJson(V2Node shown, long index) {
        ObjectNode json = shown.json();
        if (deletes()) {
            json.remove("value");
            json.remove("expiration");
            json.remove("ttl");
        }
        json.remove("modifiedIndex");
        json.remove("createdIndex");
        if (index != 0) {
            json.put("modifiedIndex", index).put("createdIndex", shown.created() == 0 ? index : shown.created());
        }
        return json;
    }
}
