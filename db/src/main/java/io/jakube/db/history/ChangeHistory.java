package io.jakube.db.history;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.json.Json;
import io.jakube.db.HistoryEntry;
import io.jakube.db.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the entries of one key as changes, each compared with the one before. Stateless. */
public final class ChangeHistory {
    private static final int SHOWN = 80;
    private static final String MANAGED_FIELDS = "metadata.managedFields";

    private ChangeHistory() {}

    /**
     * Describes.
     *
     * @param newestFirst entries as the store gives them
     * @return oldest first. The first is {@link ObjectChange.Kind#KEPT} where history before it is gone
     */
    public static List<ObjectChange> describe(List<HistoryEntry> newestFirst) {
        List<ObjectChange> changes = new ArrayList<>();
        HistoryEntry before = null;
        for (HistoryEntry entry : newestFirst.reversed()) {
            changes.add(describe(before, entry));
            before = entry;
        }
        return changes;
    }

    private static ObjectChange describe(@Nullable HistoryEntry before, HistoryEntry entry) {
        KeyValue value = entry.value();
        if (entry.deleted()) {
            return new ObjectChange(value.modRevision(), entry.writtenAt(), ObjectChange.Kind.DELETED, List.of(), List.of());
        }
        Map<String, String> now = fields(value.value());
        if (value.version() == 1 || before == null || before.deleted()) {
            ObjectChange.Kind kind = value.version() == 1 ? ObjectChange.Kind.CREATED : ObjectChange.Kind.KEPT;
            return new ObjectChange(value.modRevision(), entry.writtenAt(), kind, managers(Map.of(), managed(value.value())), List.of());
        }
        return new ObjectChange(value.modRevision(), entry.writtenAt(), ObjectChange.Kind.CHANGED,
                managers(managed(before.value().value()), managed(value.value())), differences(fields(before.value().value()), now));
    }

    private static List<String> differences(Map<String, String> before, Map<String, String> now) {
        TreeSet<String> paths = new TreeSet<>(before.keySet());
        paths.addAll(now.keySet());
        List<String> lines = new ArrayList<>();
        for (String path : paths) {
            String old = before.get(path);
            String current = now.get(path);
            if (old == null) {
                lines.add(path + ": set to " + current);
            } else if (current == null) {
                lines.add(path + ": removed, was " + old);
            } else if (!old.equals(current)) {
                lines.add(path + ": " + old + " → " + current);
            }
        }
        return lines;
    }

    private static List<String> managers(Map<String, String> before, Map<String, String> now) {
        return now.entrySet().stream().filter(entry -> !entry.getValue().equals(before.get(entry.getKey()))).map(Map.Entry::getKey).distinct().toList();
    }

    /** Entries of {@code managedFields} by who: manager, with the subresource where there is one. */
    private static Map<String, String> managed(byte[] value) {
        Map<String, String> entries = new TreeMap<>();
        JsonNode tree = tree(value);
        if (tree != null) {
            for (JsonNode entry : tree.path("metadata").path("managedFields")) {
                String subresource = entry.path("subresource").asText("");
                entries.merge(entry.path("manager").asText("unknown") + (subresource.isEmpty() ? "" : " (" + subresource + ")"), entry.toString(), String::concat);
            }
        }
        return entries;
    }

    /** Leaves by path, in short; the whole value under the empty path where it is not JSON. */
    private static Map<String, String> fields(byte[] value) {
        Map<String, String> fields = new TreeMap<>();
        JsonNode tree = tree(value);
        if (tree == null) {
            fields.put("value", shortened(new String(value, StandardCharsets.UTF_8)));
        } else {
            collect("", tree, fields);
        }
        return fields;
    }

    private static @Nullable JsonNode tree(byte[] value) {
        try {
            JsonNode tree = Json.read(value, JsonNode.class);
            return tree.isObject() ? tree : null;
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static void collect(String path, JsonNode node, Map<String, String> fields) {
        if (path.equals(MANAGED_FIELDS)) {
            return;
        }
        if (node.isObject() && !node.isEmpty()) {
            node.properties().forEach(field -> collect(path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), fields));
        } else if (node.isArray() && !node.isEmpty()) {
            for (int i = 0; i < node.size(); i++) {
                collect(path + "[" + i + "]", node.get(i), fields);
            }
        } else {
            fields.put(path, shortened(node.toString()));
        }
    }

    /** A value to show. It is compared as shown, so a long one carries its hash. */
    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "… (" + text.length() + " characters, hash " + Integer.toHexString(text.hashCode()) + ")";
    }
}
