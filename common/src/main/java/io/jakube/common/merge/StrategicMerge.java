package io.jakube.common.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.schema.Schema;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Strategic merge patch (community document "strategic merge patch"): a merge patch whose lists merge by key where the type says so, steered by directives.
 *
 * <p>Order of a merged list: what the patch (or its {@code $setElementOrder}) names comes in that order; elements only the document has are put in
 * between, before the first named element that the document has behind them.
 */
final class StrategicMerge {
    private static final String PATCH = "$patch";
    private static final String RETAIN_KEYS = "$retainKeys";
    private static final String SET_ELEMENT_ORDER = "$setElementOrder/";
    private static final String DELETE_FROM_PRIMITIVE_LIST = "$deleteFromPrimitiveList/";

    private StrategicMerge() {}

    static ObjectNode apply(ObjectNode document, ObjectNode patch, @Nullable Schema schema) {
        return mergeObject(document.deepCopy(), patch, schema);
    }

    /** Merges into {@code original}, which is owned by the caller. */
    private static ObjectNode mergeObject(ObjectNode original, ObjectNode patch, @Nullable Schema schema) {
        if (patch.has(PATCH)) {
            String directive = patch.get(PATCH).asText();
            ObjectNode rest = patch.deepCopy();
            rest.remove(PATCH);
            switch (directive) {
                case "replace" -> {
                    return rest;
                }
                case "delete" -> {
                    return JsonNodeFactory.instance.objectNode();
                }
                case "merge" -> {
                    return mergeObject(original, rest, schema);
                }
                default -> throw ApiException.badRequest("Unknown patch type \"" + directive + "\" in " + PATCH);
            }
        }
        if (patch.has(RETAIN_KEYS)) {
            retainKeys(original, patch);
        }
        patch.properties().forEach(change -> {
            String key = change.getKey();
            JsonNode value = change.getValue();
            if (key.equals(RETAIN_KEYS) || key.startsWith(SET_ELEMENT_ORDER)) {
                return;
            }
            if (key.startsWith(DELETE_FROM_PRIMITIVE_LIST)) {
                deleteFromPrimitiveList(original, key.substring(DELETE_FROM_PRIMITIVE_LIST.length()), value);
                return;
            }
            if (value.isNull()) {
                original.remove(key);
            } else {
                original.set(key, mergeField(original.get(key), value, field(schema, key)));
            }
        });
        patch.properties().forEach(change -> {
            if (change.getKey().startsWith(SET_ELEMENT_ORDER)) {
                setElementOrder(original, change.getKey().substring(SET_ELEMENT_ORDER.length()), change.getValue(), patch, schema);
            }
        });
        return original;
    }

    private static @Nullable Schema field(@Nullable Schema schema, String key) {
        if (schema == null) {
            return null;
        }
        return schema.type() == Schema.Type.MAP ? schema.items() : schema.properties().get(key);
    }

    private static JsonNode mergeField(@Nullable JsonNode original, JsonNode patch, @Nullable Schema schema) {
        if (patch instanceof ObjectNode object) {
            boolean replace = schema != null && schema.patchStrategies().contains("replace");
            ObjectNode base = original instanceof ObjectNode o && !replace ? o : JsonNodeFactory.instance.objectNode();
            return mergeObject(base, object, schema);
        }
        if (patch instanceof ArrayNode array) {
            boolean merge = schema != null && schema.patchStrategies().contains("merge");
            if (!merge) {
                return withoutDirectives(array, schema);
            }
            return mergeList(original instanceof ArrayNode o ? o : JsonNodeFactory.instance.arrayNode(), array, schema);
        }
        return patch.deepCopy();
    }

    /** A list that replaces another: its elements with directives and nulls taken out, as if merged into nothing. */
    private static ArrayNode withoutDirectives(ArrayNode list, @Nullable Schema schema) {
        ArrayNode clean = JsonNodeFactory.instance.arrayNode(list.size());
        Schema items = schema == null ? null : schema.items();
        for (JsonNode element : list) {
            clean.add(element instanceof ObjectNode object ? mergeObject(JsonNodeFactory.instance.objectNode(), object, items) : element.deepCopy());
        }
        return clean;
    }

    private static ArrayNode mergeList(ArrayNode original, ArrayNode patch, Schema schema) {
        boolean objects = (patch.isEmpty() ? original : patch).path(0).isObject();
        if (!objects) {
            List<JsonNode> merged = new ArrayList<>();
            Set<JsonNode> seen = new HashSet<>();
            original.forEach(value -> addOnce(merged, seen, value));
            patch.forEach(value -> addOnce(merged, seen, value));
            return order(merged, list(patch), list(original), null);
        }
        String mergeKey = schema.patchMergeKey();
        if (mergeKey == null) {
            throw ApiException.badRequest("cannot merge list of " + schema.typeName() + " without a merge key");
        }
        List<JsonNode> merged = list(original);
        List<JsonNode> named = new ArrayList<>();
        boolean replace = false;
        for (JsonNode element : patch) {
            if (!(element instanceof ObjectNode object)) {
                throw ApiException.badRequest("a strategic merge patch mixes objects and scalars in a list merged by " + mergeKey);
            }
            String directive = object.path(PATCH).asText("");
            if (directive.equals("replace")) {
                replace = true;
                ObjectNode rest = object.deepCopy();
                rest.remove(PATCH);
                if (!rest.isEmpty()) {
                    named.add(rest);
                }
                continue;
            }
            JsonNode key = object.get(mergeKey);
            if (key == null) {
                throw ApiException.badRequest("map: " + object + " does not contain declared merge key: " + mergeKey);
            }
            if (directive.equals("delete")) {
                merged.removeIf(existing -> key.equals(existing.get(mergeKey)));
                continue;
            }
            named.add(object);
        }
        if (replace) {
            ArrayNode only = JsonNodeFactory.instance.arrayNode();
            named.forEach(element -> only.add(mergeObject(JsonNodeFactory.instance.objectNode(), (ObjectNode) element, schema.items())));
            return only;
        }
        for (JsonNode element : named) {
            int at = indexOf(merged, element.get(mergeKey), mergeKey);
            ObjectNode base = at < 0 ? JsonNodeFactory.instance.objectNode() : (ObjectNode) merged.get(at);
            ObjectNode result = mergeObject(base, (ObjectNode) element, schema.items());
            if (at < 0) {
                merged.add(result);
            } else {
                merged.set(at, result);
            }
        }
        return order(merged, named, list(original), mergeKey);
    }

    private static void addOnce(List<JsonNode> merged, Set<JsonNode> seen, JsonNode value) {
        if (seen.add(value)) {
            merged.add(value);
        }
    }

    private static int indexOf(List<JsonNode> list, JsonNode key, String mergeKey) {
        for (int i = 0; i < list.size(); i++) {
            if (key.equals(list.get(i).get(mergeKey))) {
                return i;
            }
        }
        return -1;
    }

    private static void setElementOrder(ObjectNode original, String name, JsonNode order, ObjectNode patch, @Nullable Schema schema) {
        if (!(order instanceof ArrayNode names)) {
            throw ApiException.badRequest("invalid value of " + SET_ELEMENT_ORDER + name + ": it must be a list");
        }
        Schema field = field(schema, name);
        if (!(original.get(name) instanceof ArrayNode merged) || field == null || !field.patchStrategies().contains("merge")) {
            return;
        }
        String mergeKey = names.path(0).isObject() || merged.path(0).isObject() ? field.patchMergeKey() : null;
        if (patch.get(name) instanceof ArrayNode changed) {
            for (JsonNode element : changed) {
                boolean directive = element.has(PATCH);
                boolean listed = directive || list(names).stream().anyMatch(n -> identity(n, mergeKey).equals(identity(element, mergeKey)));
                if (!listed) {
                    throw ApiException.badRequest("The order in patch list:\n" + changed + "\n doesn't match " + SET_ELEMENT_ORDER + " list:\n" + names);
                }
            }
        }
        original.set(name, order(list(merged), list(names), list(merged), mergeKey));
    }

    private static JsonNode identity(JsonNode element, @Nullable String mergeKey) {
        JsonNode key = mergeKey == null ? element : element.get(mergeKey);
        return key == null ? JsonNodeFactory.instance.missingNode() : key;
    }

    /** Orders {@code merged}: see the class comment. */
    private static ArrayNode order(List<JsonNode> merged, List<JsonNode> named, List<JsonNode> live, @Nullable String mergeKey) {
        Map<JsonNode, Integer> rank = new HashMap<>();
        for (JsonNode element : named) {
            rank.putIfAbsent(identity(element, mergeKey), rank.size());
        }
        Map<JsonNode, Integer> liveRank = new HashMap<>();
        for (JsonNode element : live) {
            liveRank.putIfAbsent(identity(element, mergeKey), liveRank.size());
        }
        List<JsonNode> right = new ArrayList<>(merged.stream().filter(e -> rank.containsKey(identity(e, mergeKey))).toList());
        right.sort(java.util.Comparator.comparingInt(e -> rank.get(identity(e, mergeKey))));
        List<JsonNode> left = merged.stream().filter(e -> !rank.containsKey(identity(e, mergeKey))).toList();
        ArrayNode result = JsonNodeFactory.instance.arrayNode(merged.size());
        int l = 0;
        int r = 0;
        while (l < left.size() && r < right.size()) {
            Integer liveLeft = liveRank.get(identity(left.get(l), mergeKey));
            Integer liveRight = liveRank.get(identity(right.get(r), mergeKey));
            boolean leftFirst = liveLeft != null && liveRight != null && liveLeft < liveRight;
            result.add(leftFirst ? left.get(l++) : right.get(r++));
        }
        while (r < right.size()) {
            result.add(right.get(r++));
        }
        while (l < left.size()) {
            result.add(left.get(l++));
        }
        return result;
    }

    private static void retainKeys(ObjectNode original, ObjectNode patch) {
        if (!(patch.get(RETAIN_KEYS) instanceof ArrayNode keys)) {
            throw ApiException.badRequest("invalid value of " + RETAIN_KEYS + ": it must be a list of field names");
        }
        Set<String> kept = new HashSet<>();
        keys.forEach(key -> kept.add(key.asText()));
        patch.fieldNames().forEachRemaining(name -> {
            if (!name.startsWith("$") && !kept.contains(name) && !patch.get(name).isNull()) {
                throw ApiException.badRequest("the keys in the patch and in " + RETAIN_KEYS + " differ: " + name + " is not retained");
            }
        });
        original.retain(kept);
    }

    private static void deleteFromPrimitiveList(ObjectNode original, String name, JsonNode values) {
        if (!(values instanceof ArrayNode doomed)) {
            throw ApiException.badRequest("invalid value of " + DELETE_FROM_PRIMITIVE_LIST + name + ": it must be a list");
        }
        if (original.get(name) instanceof ArrayNode live) {
            Set<JsonNode> gone = new HashSet<>(list(doomed));
            ArrayNode rest = JsonNodeFactory.instance.arrayNode();
            live.forEach(value -> {
                if (!gone.contains(value)) {
                    rest.add(value);
                }
            });
            original.set(name, rest);
        }
    }

    private static List<JsonNode> list(ArrayNode array) {
        List<JsonNode> list = new ArrayList<>(array.size());
        array.forEach(list::add);
        return list;
    }
}
