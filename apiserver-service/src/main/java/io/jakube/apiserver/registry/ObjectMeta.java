package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A view of an object's {@code metadata} that reads and writes through. Missing strings read as empty. */
final class ObjectMeta {
    private final ObjectNode node;

    private ObjectMeta(ObjectNode node) {
        this.node = node;
    }

    /** The object's metadata, created if absent. */
    static ObjectMeta of(ObjectNode object) {
        return new ObjectMeta(object.get("metadata") instanceof ObjectNode existing ? existing : object.putObject("metadata"));
    }

    ObjectNode node() {
        return node;
    }

    String name() {
        return text("name");
    }

    String generateName() {
        return text("generateName");
    }

    String namespace() {
        return text("namespace");
    }

    String uid() {
        return text("uid");
    }

    String resourceVersion() {
        return text("resourceVersion");
    }

    long generation() {
        return node.path("generation").asLong(0);
    }

    boolean deleting() {
        return node.hasNonNull("deletionTimestamp");
    }

    /** Null where deletion has not begun or names no period. */
    @Nullable Long deletionGracePeriodSeconds() {
        return node.hasNonNull("deletionGracePeriodSeconds") ? node.get("deletionGracePeriodSeconds").asLong() : null;
    }

    @Nullable Instant deletionTimestamp() {
        return deleting() ? Instant.parse(text("deletionTimestamp")) : null;
    }

    List<String> finalizers() {
        List<String> finalizers = new ArrayList<>();
        node.path("finalizers").forEach(f -> finalizers.add(f.asText()));
        return finalizers;
    }

    void setFinalizers(List<String> finalizers) {
        if (finalizers.isEmpty()) {
            node.remove("finalizers");
        } else {
            ArrayNode array = node.putArray("finalizers");
            finalizers.forEach(array::add);
        }
    }

    void setName(String name) {
        node.put("name", name);
    }

    void setNamespace(String namespace) {
        if (namespace.isEmpty()) {
            node.remove("namespace");
        } else {
            node.put("namespace", namespace);
        }
    }

    void setResourceVersion(String version) {
        node.put("resourceVersion", version);
    }

    void setGeneration(long generation) {
        node.put("generation", generation);
    }

    /** Marks for deletion. */
    void setDeletion(Instant at, long gracePeriodSeconds) {
        node.put("deletionTimestamp", timestamp(at));
        node.put("deletionGracePeriodSeconds", gracePeriodSeconds);
    }

    /** What the server gives a new object, whatever the client sent. */
    void fillForCreate(Instant now) {
        for (String owned : List.of("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation")) {
            node.remove(owned);
        }
        node.put("uid", UUID.randomUUID().toString());
        node.put("creationTimestamp", timestamp(now));
    }

    /** Puts back what only the server changes. */
    void keepServerOwned(ObjectMeta old) {
        for (String owned : List.of("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "namespace")) {
            keep(old, owned);
        }
        node.remove("selfLink");
    }

    /** Puts a field back to what it was, absent included. */
    void keep(ObjectMeta old, String field) {
        JsonNode value = old.node.get(field);
        if (value == null) {
            node.remove(field);
        } else {
            node.set(field, value.deepCopy());
        }
    }

    /** API time: RFC 3339 in UTC, whole seconds. */
    static String timestamp(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private String text(String field) {
        return node.path(field).asText("");
    }
}
