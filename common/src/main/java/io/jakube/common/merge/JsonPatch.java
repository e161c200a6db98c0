package io.jakube.common.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.status.ApiException;
import org.jspecify.annotations.Nullable;

/** JSON patch (RFC 6902) over JSON pointers (RFC 6901). */
final class JsonPatch {
    /** Upstream refuses larger patches. */
    static final int MAX_OPERATIONS = 10_000;

    private JsonPatch() {}

    static JsonNode apply(JsonNode document, JsonNode patch) {
        if (!patch.isArray()) {
            throw ApiException.badRequest("json: cannot unmarshal " + (patch.isObject() ? "object" : "value") + " into Go value of type jsonpatch.Patch");
        }
        if (patch.size() > MAX_OPERATIONS) {
            throw ApiException.tooLarge("The allowed maximum operations in a JSON patch is " + MAX_OPERATIONS + ", got " + patch.size());
        }
        JsonNode[] root = {document.deepCopy()};
        for (JsonNode operation : patch) {
            apply(root, operation);
        }
        return root[0];
    }

    private static void apply(JsonNode[] root, JsonNode operation) {
        String op = operation.path("op").asText("");
        String path = operation.path("path").isTextual() ? operation.path("path").textValue() : null;
        if (path == null) {
            throw ApiException.badRequest("a JSON patch operation has no path");
        }
        switch (op) {
            case "add" -> add(root, path, value(operation));
            case "remove" -> remove(root, path);
            case "replace" -> {
                JsonNode replacement = value(operation);
                if (path.isEmpty()) {
                    root[0] = replacement;
                } else {
                    require(root[0], path);
                    Target target = target(root[0], path);
                    target.set(replacement);
                }
            }
            case "move" -> {
                String from = from(operation);
                JsonNode moved = require(root[0], from);
                if (path.startsWith(from + "/")) {
                    throw refused("cannot move " + from + " into itself");
                }
                remove(root, from);
                add(root, path, moved);
            }
            case "copy" -> add(root, path, require(root[0], from(operation)).deepCopy());
            case "test" -> {
                JsonNode expected = value(operation);
                JsonNode actual = find(root[0], path);
                if (actual == null ? !expected.isNull() : !sameJson(actual, expected)) {
                    throw refused("testing value " + path + " failed: test failed");
                }
            }
            default -> throw ApiException.badRequest("unexpected kind of JSON patch operation: " + (op.isEmpty() ? "unknown" : op));
        }
    }

    /** Numbers of different representation but equal value are the same. */
    private static boolean sameJson(JsonNode a, JsonNode b) {
        return a.equals((x, y) -> x.isNumber() && y.isNumber() ? x.decimalValue().compareTo(y.decimalValue()) : x.equals(y) ? 0 : 1, b);
    }

    private static JsonNode value(JsonNode operation) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw ApiException.badRequest("a JSON patch operation on " + operation.path("path").asText() + " has no value");
        }
        return value.deepCopy();
    }

    private static String from(JsonNode operation) {
        if (!operation.path("from").isTextual()) {
            throw ApiException.badRequest("a JSON patch operation on " + operation.path("path").asText() + " has no from");
        }
        return operation.get("from").textValue();
    }

    private static void add(JsonNode[] root, String path, JsonNode value) {
        if (path.isEmpty()) {
            root[0] = value;
            return;
        }
        Target target = target(root[0], path);
        switch (target.parent) {
            case ObjectNode object -> object.set(target.key, value);
            case ArrayNode array -> {
                int index = target.key.equals("-") ? array.size() : index(target.key, array.size(), path);
                array.insert(index, value);
            }
            default -> throw missing(path);
        }
    }

    private static void remove(JsonNode[] root, String path) {
        require(root[0], path);
        Target target = target(root[0], path);
        switch (target.parent) {
            case ObjectNode object -> object.remove(target.key);
            case ArrayNode array -> array.remove(index(target.key, array.size() - 1, path));
            default -> throw missing(path);
        }
    }

    private record Target(JsonNode parent, String key) {
        void set(JsonNode value) {
            if (parent instanceof ArrayNode array) {
                array.set(Integer.parseInt(key), value);
            } else {
                ((ObjectNode) parent).set(key, value);
            }
        }
    }

    private static Target target(JsonNode root, String path) {
        int slash = path.lastIndexOf('/');
        if (slash < 0) {
            throw missing(path);
        }
        JsonNode parent = find(root, path.substring(0, slash));
        if (parent == null || !parent.isContainerNode()) {
            throw missing(path);
        }
        return new Target(parent, unescape(path.substring(slash + 1)));
    }

    private static JsonNode require(JsonNode root, String path) {
        JsonNode found = find(root, path);
        if (found == null) {
            throw missing(path);
        }
        return found;
    }

    private static @Nullable JsonNode find(JsonNode root, String path) {
        if (path.isEmpty()) {
            return root;
        }
        if (!path.startsWith("/")) {
            throw ApiException.badRequest("JSON pointer \"" + path + "\" does not start with a slash");
        }
        JsonNode current = root;
        for (String segment : path.substring(1).split("/", -1)) {
            String key = unescape(segment);
            current = switch (current) {
                case ObjectNode object -> object.get(key);
                case ArrayNode array -> isIndex(key) ? array.get(Integer.parseInt(key)) : null;
                default -> null;
            };
            if (current == null) {
                return null;
            }
        }
        return current;
    }

    private static boolean isIndex(String key) {
        return !key.isEmpty() && key.length() < 10 && key.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static int index(String key, int max, String path) {
        if (!isIndex(key) || Integer.parseInt(key) > max) {
            throw refused("Unable to access invalid index: " + key + " in " + path);
        }
        return Integer.parseInt(key);
    }

    private static String unescape(String segment) {
        return segment.indexOf('~') < 0 ? segment : segment.replace("~1", "/").replace("~0", "~");
    }

    private static ApiException missing(String path) {
        return refused("operation does not apply: doc is missing path: " + path);
    }

    private static ApiException refused(String detail) {
        return ApiException.of(422, "Invalid", "the server rejected our request due to an error in our request: " + detail);
    }
}
