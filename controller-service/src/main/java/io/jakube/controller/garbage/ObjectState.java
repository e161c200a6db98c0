package io.jakube.controller.garbage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import io.jakube.controller.discovery.ServedResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What garbage collection knows of an object.
 *
 * @param namespace empty for cluster-scoped objects
 */
record ObjectState(ServedResource resource, String namespace, String name, String uid, String resourceVersion, List<Owner> owners, List<String> finalizers, boolean deleting) {
    static final String FOREGROUND = "foregroundDeletion";
    static final String ORPHAN = "orphan";

    /** An owner reference. */
    record Owner(String apiVersion, String kind, String name, String uid, @Nullable Boolean controller, @Nullable Boolean blockOwnerDeletion) {
        boolean blocks() {
            return Boolean.TRUE.equals(blockOwnerDeletion);
        }

        Owner unblocking() {
            return new Owner(apiVersion, kind, name, uid, controller, false);
        }
    }

    /** Being deleted in the foreground: waits for its dependents. */
    boolean awaitsDependents() {
        return deleting && finalizers.contains(FOREGROUND);
    }

    /** Being deleted, and its dependents shall stay. */
    boolean orphansDependents() {
        return deleting && finalizers.contains(ORPHAN);
    }

    String path() {
        return resource.path(namespace, name);
    }

    boolean ownedBy(String ownerUid) {
        return owners.stream().anyMatch(o -> o.uid().equals(ownerUid));
    }

    boolean blocks(String ownerUid) {
        return owners.stream().anyMatch(o -> o.uid().equals(ownerUid) && o.blocks());
    }

    /** A merge patch of the metadata that applies to this version only. */
    private ObjectNode patch(ObjectNode metadata) {
        ObjectNode patch = Json.object();
        patch.set("metadata", metadata.put("uid", uid).put("resourceVersion", resourceVersion));
        return patch;
    }

    ObjectNode patchOwners(List<Owner> remaining) {
        ObjectNode metadata = Json.object();
        ArrayNode array = metadata.putArray("ownerReferences");
        for (Owner owner : remaining) {
            ObjectNode node = array.addObject().put("apiVersion", owner.apiVersion()).put("kind", owner.kind()).put("name", owner.name()).put("uid", owner.uid());
            if (owner.controller() != null) {
                node.put("controller", owner.controller());
            }
            if (owner.blockOwnerDeletion() != null) {
                node.put("blockOwnerDeletion", owner.blockOwnerDeletion());
            }
        }
        return patch(metadata);
    }

    ObjectNode patchWithoutFinalizer(String finalizer) {
        ObjectNode metadata = Json.object();
        ArrayNode array = metadata.putArray("finalizers");
        finalizers.stream().filter(f -> !f.equals(finalizer)).forEach(array::add);
        return patch(metadata);
    }

    /** Reads the metadata out of an object, without building a tree of the rest. */
    static ObjectState read(ServedResource resource, byte[] json) {
        String namespace = "";
        String name = "";
        String uid = "";
        String version = "";
        boolean deleting = false;
        List<Owner> owners = List.of();
        List<String> finalizers = List.of();
        try (JsonParser parser = Json.mapper().getFactory().createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean metadata = parser.currentName().equals("metadata");
                if (parser.nextToken() != JsonToken.START_OBJECT || !metadata) {
                    parser.skipChildren();
                    continue;
                }
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String field = parser.currentName();
                    JsonToken value = parser.nextToken();
                    switch (field) {
                        case "namespace" -> namespace = parser.getText().intern();
                        case "name" -> name = parser.getText();
                        case "uid" -> uid = parser.getText();
                        case "resourceVersion" -> version = parser.getText();
                        case "deletionTimestamp" -> deleting = value == JsonToken.VALUE_STRING;
                        case "ownerReferences" -> owners = value == JsonToken.START_ARRAY ? owners(parser) : List.of();
                        case "finalizers" -> finalizers = value == JsonToken.START_ARRAY ? strings(parser) : List.of();
                        default -> parser.skipChildren();
                    }
                }
                break;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ObjectState(resource, namespace, name, uid, version, owners, finalizers, deleting);
    }

    private static List<String> strings(JsonParser parser) throws IOException {
        List<String> result = new ArrayList<>(1);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            result.add(parser.getText().intern());
        }
        return List.copyOf(result);
    }

    private static List<Owner> owners(JsonParser parser) throws IOException {
        List<Owner> result = new ArrayList<>(1);
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            String apiVersion = "";
            String kind = "";
            String name = "";
            String uid = "";
            Boolean controller = null;
            Boolean blocks = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "apiVersion" -> apiVersion = parser.getText().intern();
                    case "kind" -> kind = parser.getText().intern();
                    case "name" -> name = parser.getText();
                    case "uid" -> uid = parser.getText();
                    case "controller" -> controller = parser.getBooleanValue();
                    case "blockOwnerDeletion" -> blocks = parser.getBooleanValue();
                    default -> parser.skipChildren();
                }
            }
            result.add(new Owner(apiVersion, kind, name, uid, controller, blocks));
        }
        return List.copyOf(result);
    }
}
