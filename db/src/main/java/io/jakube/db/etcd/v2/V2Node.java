package io.jakube.db.etcd.v2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import io.jakube.db.KeyValue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A directory or value of the tree.
 *
 * @param path absolute, without a slash at its end; the root is "/"
 * @param value null for a directory
 * @param created index at which it was created; 0 for the index of the write that is yet to come
 * @param modified index of its last change; 0 likewise
 * @param expires when it goes, milliseconds since the epoch; 0 for never
 * @param revision of the stored key; 0 for none
 */
record V2Node(String path, @Nullable String value, long created, long modified, long expires, long revision) {
    private static final String VALUE = "v";
    private static final String CREATED = "c";
    private static final String EXPIRES = "e";

    static V2Node root() {
        return new V2Node("/", null, 0, 0, 0, 0);
    }

    static V2Node read(String path, KeyValue stored) {
        ObjectNode json = Json.readObject(stored.value());
        long created = json.path(CREATED).asLong();
        return new V2Node(path, json.has(VALUE) ? json.get(VALUE).textValue() : null, created == 0 ? stored.modRevision() : created, stored.modRevision(), json.path(EXPIRES).asLong(), stored.modRevision());
    }

    byte[] stored() {
        ObjectNode json = Json.object();
        if (value != null) {
            json.put(VALUE, value);
        }
        if (created != 0) {
            json.put(CREATED, created);
        }
        if (expires != 0) {
            json.put(EXPIRES, expires);
        }
        return Json.write(json);
    }

    boolean isDirectory() {
        return value == null;
    }

    boolean isRoot() {
        return path.equals("/");
    }

    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Nodes whose names begin with an underscore are not listed. */
    boolean isHidden() {
        return name().startsWith("_");
    }

    /** As clients see it; indexes that are yet to come are left out. */
    ObjectNode json() {
        ObjectNode json = Json.object();
        if (!isRoot()) {
            json.put("key", path);
        }
        if (isDirectory()) {
            json.put("dir", true);
        } else {
            json.put("value", value);
        }
        if (expires != 0) {
            json.put("expiration", Instant.ofEpochMilli(expires).toString());
            json.put("ttl", Math.max(0, Math.ceilDiv(expires - System.currentTimeMillis(), 1000)));
        }
        if (modified != 0) {
            json.put("modifiedIndex", modified);
        }
        if (created != 0) {
            json.put("createdIndex", created);
        }
        return json;
    }
}
