package io.jakube.common.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.schema.Schema;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values seen through their schema: which fields they have, how two differ, how one is laid over another. The ideas are those of structured merge and
 * diff (KEP-555): structs and maps are granular unless atomic, lists are atomic unless sets or keyed; what has no schema is granular in its maps and atomic
 * in its lists.
 */
final class TypedValues {
    private TypedValues() {}

    /** Whether the value is a list whose items have an identity of their own. */
    private static boolean associative(@Nullable Schema schema) {
        return schema != null && schema.type() == Schema.Type.ARRAY && schema.listType() != Schema.ListType.ATOMIC;
    }

    private static boolean granular(@Nullable JsonNode value, @Nullable Schema schema) {
        return value instanceof ObjectNode ? schema == null || !schema.atomic() : value instanceof ArrayNode && associative(schema);
    }

    static @Nullable Schema field(@Nullable Schema schema, String name) {
        if (schema == null) {
            return null;
        }
        Schema declared = schema.properties().get(name);
        return declared != null ? declared : schema.type() == Schema.Type.MAP ? schema.items() : null;
    }

    /** The paths of all fields a configuration sets. @throws ApiException 422 for list items without or with repeated keys */
    static FieldSet fieldSet(JsonNode value, @Nullable Schema schema) {
        FieldSet set = new FieldSet();
        if (!granular(value, schema)) {
            return set.asMember();
        }
        if (value instanceof ObjectNode object) {
            object.properties().forEach(entry -> {
                FieldSet child = fieldSet(entry.getValue(), field(schema, entry.getKey()));
                boolean declared = schema != null && schema.properties().containsKey(entry.getKey());
                if (!declared || entry.getValue().isNull() || (entry.getValue().isObject() && entry.getValue().isEmpty())) {
                    child.asMember();
                }
                set.put(PathElements.field(entry.getKey()), child);
            });
        } else {
            for (JsonNode item : value) {
                String element = PathElements.ofItem(schema, item);
                if (set.child(element) != null) {
                    throw ApiException.of(422, "Invalid", "failed to create typed patch object: duplicate entries for key " + PathElements.print(element) + " in a list");
                }
                set.put(element, fieldSet(item, schema.items()).asMember());
            }
        }
        return set;
    }

    /** How one value came to differ from another. */
    static final class Comparison {
        final FieldSet added = new FieldSet();
        final FieldSet modified = new FieldSet();
        final FieldSet removed = new FieldSet();
    }

    static Comparison compare(JsonNode before, JsonNode after, @Nullable Schema schema) {
        Comparison result = new Comparison();
        compare(before, after, schema, result.added, result.modified, result.removed);
        return result;
    }

    /** Compares two values, at least one of which is there, into the nodes of their path. */
    private static void compare(@Nullable JsonNode before, @Nullable JsonNode after, @Nullable Schema schema, FieldSet added, FieldSet modified, FieldSet removed) {
        boolean descend = (before == null || granular(before, schema)) && (after == null || granular(after, schema))
                && (before == null || after == null || before.getNodeType() == after.getNodeType());
        boolean bothEmpty = (before == null || before.isEmpty()) && (after == null || after.isEmpty());
        if (before == null) {
            added.asMember();
        } else if (after == null) {
            removed.asMember();
        } else if (!descend || bothEmpty) {
            if (!before.equals(after)) {
                modified.asMember();
            }
            return;
        }
        if (!descend) {
            return;
        }
        if ((before == null ? after : before) instanceof ObjectNode) {
            if (before != null) {
                before.properties().forEach(entry -> child(PathElements.field(entry.getKey()), entry.getValue(), after == null ? null : after.get(entry.getKey()), field(schema, entry.getKey()), added, modified, removed));
            }
            if (after != null) {
                after.properties().forEach(entry -> {
                    if (before == null || !before.has(entry.getKey())) {
                        child(PathElements.field(entry.getKey()), null, entry.getValue(), field(schema, entry.getKey()), added, modified, removed);
                    }
                });
            }
        } else {
            Map<String, JsonNode> old = items(before, schema);
            Map<String, JsonNode> young = items(after, schema);
            old.forEach((element, item) -> child(element, item, young.get(element), schema.items(), added, modified, removed));
            young.forEach((element, item) -> {
                if (!old.containsKey(element)) {
                    child(element, null, item, schema.items(), added, modified, removed);
                }
            });
        }
    }

    private static void child(String element, @Nullable JsonNode before, @Nullable JsonNode after, @Nullable Schema schema, FieldSet added, FieldSet modified, FieldSet removed) {
        if (before == after || (before != null && before.equals(after))) {
            return;
        }
        FieldSet childAdded = new FieldSet();
        FieldSet childModified = new FieldSet();
        FieldSet childRemoved = new FieldSet();
        compare(before, after, schema, childAdded, childModified, childRemoved);
        added.put(element, childAdded);
        modified.put(element, childModified);
        removed.put(element, childRemoved);
    }

    /** Items by path element in order; of items with the same key (which may be stored from before) the last counts. */
    private static Map<String, JsonNode> items(@Nullable JsonNode list, Schema schema) {
        Map<String, JsonNode> items = new LinkedHashMap<>();
        if (list != null) {
            list.forEach(item -> items.put(identity(schema, item), item));
        }
        return items;
    }

    /** Stored items without keys are told apart by their value: only what is applied has to be correct. */
    private static String identity(Schema list, JsonNode item) {
        try {
            return PathElements.ofItem(list, item);
        } catch (ApiException e) {
            return PathElements.value(item);
        }
    }

    /** Lays a configuration over a live value. Neither is modified; the result shares no mutable part with them. */
    static JsonNode merge(@Nullable JsonNode live, JsonNode config, @Nullable Schema schema) {
        if (live == null || !granular(config, schema) || live.getNodeType() != config.getNodeType()) {
            return config.deepCopy();
        }
        if (config instanceof ObjectNode object) {
            ObjectNode result = live.deepCopy();
            object.properties().forEach(entry -> result.set(entry.getKey(), merge(live.get(entry.getKey()), entry.getValue(), field(schema, entry.getKey()))));
            return result;
        }
        Map<String, JsonNode> theirs = items(live, schema);
        Map<String, JsonNode> ours = items(config, schema);
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        interleave(new ArrayList<>(theirs.keySet()), new ArrayList<>(ours.keySet())).forEach(element -> {
            JsonNode ourItem = ours.get(element);
            JsonNode theirItem = theirs.get(element);
            result.add(ourItem == null ? theirItem.deepCopy() : merge(theirItem, ourItem, schema.items()));
        });
        return result;
    }

    /** The applied order; what is only live comes before the first applied item that follows it in the live order, else last. */
    private static List<String> interleave(List<String> live, List<String> applied) {
        Map<String, Integer> rank = new HashMap<>();
        live.forEach(element -> rank.put(element, rank.size()));
        List<String> rest = live.stream().filter(element -> !applied.contains(element)).toList();
        List<String> result = new ArrayList<>(live.size() + applied.size());
        int next = 0;
        for (String element : applied) {
            Integer at = rank.get(element);
            while (at != null && next < rest.size() && rank.get(rest.get(next)) < at) {
                result.add(rest.get(next++));
            }
            result.add(element);
        }
        result.addAll(rest.subList(next, rest.size()));
        return result;
    }

    /**
     * Takes out of a value, in place, the parts that {@code given} names and nobody owns any more: neither themselves nor anything below them. Such a part goes
     * with all it holds, unowned defaults included.
     *
     * @param owned what anybody owns, at this value's path
     */
    static void prune(JsonNode value, FieldSet given, FieldSet owned, @Nullable Schema schema) {
        if (!granular(value, schema)) {
            return;
        }
        if (value instanceof ObjectNode object) {
            given.children().forEach((element, child) -> {
                String name = PathElements.fieldName(element);
                JsonNode current = object.get(name);
                if (current == null) {
                    return;
                }
                FieldSet owner = owned.child(element);
                if (owner == null) {
                    object.remove(name);
                } else {
                    prune(current, child, owner, field(schema, name));
                }
            });
        } else if (value instanceof ArrayNode array) {
            for (int i = array.size() - 1; i >= 0; i--) {
                String element = identity(schema, array.get(i));
                FieldSet child = given.child(element);
                if (child == null) {
                    continue;
                }
                FieldSet owner = owned.child(element);
                if (owner == null) {
                    array.remove(i);
                } else {
                    prune(array.get(i), child, owner, schema.items());
                }
            }
        }
    }
}
