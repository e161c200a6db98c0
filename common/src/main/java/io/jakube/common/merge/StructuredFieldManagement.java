package io.jakube.common.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.schema.Schema;
import io.jakube.common.status.ApiException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Field management by structured merge and diff (KEP-555). Stateless.
 *
 * <p>An update takes the fields it changes away from whoever owned them; an apply owns the fields it names, removes those it named last time and nobody
 * else owns, and conflicts with others over fields it would change. Entries lose what no longer exists; empty entries go.
 */
public final class StructuredFieldManagement implements FieldManagement {
    /** More updaters than this share one entry. */
    static final int MAX_UPDATERS = 10;

    static final String ANCIENT_CHANGES = "ancient-changes";
    static final String BEFORE_FIRST_APPLY = "before-first-apply";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    /** What is the server's or the object's identity, and nobody's to own. */
    private static final FieldSet STRIPPED = stripped();

    private static FieldSet stripped() {
        FieldSet metadata = new FieldSet();
        for (String name : new String[] {"name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion"}) {
            metadata.put("f:" + name, FieldSet.leaf());
        }
        FieldSet root = new FieldSet();
        root.put("f:apiVersion", FieldSet.leaf());
        root.put("f:kind", FieldSet.leaf());
        root.put("f:metadata", metadata.asMember());
        return root;
    }

    @Override
    public ObjectNode update(@Nullable ObjectNode live, ObjectNode updated, Schema schema, Manager manager, Instant now) {
        ObjectNode result = updated.deepCopy();
        ArrayNode sent = entriesNode(result);
        // One empty entry gives ownership up; no entries at all may be a client that does not know the field.
        boolean reset = sent != null && sent.size() == 1 && sent.get(0).isEmpty();
        List<ManagerEntry> entries = reset ? new ArrayList<>() : entries(live != null && (sent == null || sent.isEmpty()) ? entriesNode(live) : sent);
        ObjectNode before = live == null ? JsonNodeFactory.instance.objectNode() : withoutEntries(live);
        ObjectNode after = withoutEntries(result);
        if (reset || (live != null && entries.isEmpty() && entriesNode(live) == null)) {
            // Ownership was given up, or was never tracked for this object: it stays so until someone applies.
            return after;
        }
        write(result, track(entries, before, after, schema, manager, now));
        return result;
    }

    private static List<ManagerEntry> track(List<ManagerEntry> entries, ObjectNode before, ObjectNode after, Schema schema, Manager manager, Instant now) {
        TypedValues.Comparison change = TypedValues.compare(before, after, schema);
        FieldSet changed = change.modified.union(change.added);
        List<ManagerEntry> kept = lose(entries, changed, change.removed, null);
        FieldSet owned = changed.difference(change.removed).difference(STRIPPED);
        if (!owned.isEmpty()) {
            ManagerEntry.Id id = new ManagerEntry.Id(manager.name(), ManagerEntry.UPDATE, manager.apiVersion(), manager.subresource());
            FieldSet previous = remove(kept, id);
            kept.add(new ManagerEntry(id, text(now), previous.union(owned)));
        }
        return capUpdaters(kept);
    }

    /** Takes fields away from all entries but one. */
    private static List<ManagerEntry> lose(List<ManagerEntry> entries, FieldSet changed, FieldSet removed, ManagerEntry.@Nullable Id except) {
        List<ManagerEntry> kept = new ArrayList<>(entries.size() + 1);
        for (ManagerEntry entry : entries) {
            if (except != null && entry.id().sameManager(except)) {
                kept.add(entry);
                continue;
            }
            FieldSet rest = entry.fields().difference(changed).difference(removed);
            if (!rest.isEmpty()) {
                kept.add(rest.equals(entry.fields()) ? entry : entry.withFields(rest));
            }
        }
        return kept;
    }

    private static FieldSet remove(List<ManagerEntry> entries, ManagerEntry.Id id) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).id().sameManager(id)) {
                return entries.remove(i).fields();
            }
        }
        return FieldSet.EMPTY;
    }

    @Override
    public ObjectNode apply(@Nullable ObjectNode live, ObjectNode applied, Schema schema, Manager manager, boolean force, Instant now) {
        if (applied.path("metadata").hasNonNull("managedFields")) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        ObjectNode before = live == null ? JsonNodeFactory.instance.objectNode() : withoutEntries(live);
        List<ManagerEntry> entries = entries(live == null ? null : entriesNode(live));
        if (live != null && entries.isEmpty()) {
            FieldSet all = TypedValues.compare(JsonNodeFactory.instance.objectNode(), before, schema).added.difference(STRIPPED);
            entries.add(new ManagerEntry(new ManagerEntry.Id(BEFORE_FIRST_APPLY, ManagerEntry.UPDATE, manager.apiVersion(), ""), text(now), all));
        }
        ManagerEntry.Id id = new ManagerEntry.Id(manager.name(), ManagerEntry.APPLY, manager.apiVersion(), manager.subresource());
        ManagerEntry last = entries.stream().filter(e -> e.id().sameManager(id)).findFirst().orElse(null);
        entries.remove(last);

        FieldSet wanted = TypedValues.fieldSet(applied, schema);
        ObjectNode merged = (ObjectNode) TypedValues.merge(before, applied, schema);
        if (last != null) {
            FieldSet owned = wanted;
            for (ManagerEntry other : entries) {
                owned = owned.union(other.fields());
            }
            TypedValues.prune(merged, last.fields(), owned, schema);
        }
        TypedValues.Comparison change = TypedValues.compare(before, merged, schema);
        FieldSet changed = change.modified.union(change.added);
        if (!force) {
            requireNoConflict(entries, changed);
        }
        keepLastApplied(merged, before, applied, manager);
        List<ManagerEntry> kept = lose(entries, changed, change.removed, null);
        FieldSet owns = wanted.difference(STRIPPED);
        boolean same = before.equals(merged) && last != null && last.fields().equals(owns) && last.id().equals(id) && kept.equals(entries);
        if (same) {
            return live;
        }
        kept.add(new ManagerEntry(id, text(now), owns));
        write(merged, capUpdaters(kept));
        return merged;
    }

    /** A client-side applied object that kubectl now applies on the server keeps its annotation in step, so that going back works. */
    private static void keepLastApplied(ObjectNode merged, ObjectNode before, ObjectNode applied, Manager manager) {
        if (manager.name().equals("kubectl") && before.path("metadata").path("annotations").has(LAST_APPLIED)) {
            ObjectNode copy = applied.deepCopy();
            if (copy.path("metadata").path("annotations") instanceof ObjectNode annotations) {
                annotations.remove(LAST_APPLIED);
            }
            if (merged.path("metadata").path("annotations") instanceof ObjectNode annotations) {
                annotations.put(LAST_APPLIED, copy + "\n");
            }
        }
    }

    private static void requireNoConflict(List<ManagerEntry> others, FieldSet changed) {
        Map<String, List<String>> byManager = new TreeMap<>();
        List<ApiException.Cause> causes = new ArrayList<>();
        for (ManagerEntry other : others) {
            FieldSet contested = other.fields().intersection(changed);
            String who = other.id().describe("");
            contested.forEachPath(path -> {
                byManager.computeIfAbsent(who, name -> new ArrayList<>()).add(path);
                causes.add(new ApiException.Cause("FieldManagerConflict", "conflict with " + who, path));
            });
        }
        if (causes.isEmpty()) {
            return;
        }
        if (causes.size() == 1) {
            throw ApiException.applyConflict("Apply failed with 1 conflict: " + causes.getFirst().message() + ": " + causes.getFirst().field(), causes);
        }
        List<String> lines = new ArrayList<>();
        byManager.forEach((who, paths) -> {
            lines.add("conflicts with " + who + ":");
            paths.forEach(path -> lines.add("- " + path));
        });
        throw ApiException.applyConflict("Apply failed with " + causes.size() + " conflicts: " + String.join("\n", lines), causes);
    }

    /** Folds the oldest updaters of a version together once there are too many. */
    private static List<ManagerEntry> capUpdaters(List<ManagerEntry> entries) {
        List<ManagerEntry> updaters = entries.stream().filter(e -> e.id().operation().equals(ManagerEntry.UPDATE)).sorted(Comparator.comparing(ManagerEntry::time)).toList();
        if (updaters.size() <= MAX_UPDATERS) {
            return entries;
        }
        List<ManagerEntry> kept = new ArrayList<>(entries);
        Map<String, ManagerEntry> ancient = new TreeMap<>();
        int count = updaters.size();
        for (ManagerEntry oldest : updaters) {
            if (count <= MAX_UPDATERS) {
                break;
            }
            String version = oldest.id().apiVersion();
            ManagerEntry bucket = ancient.get(version);
            kept.remove(oldest);
            if (bucket == null) {
                ancient.put(version, new ManagerEntry(new ManagerEntry.Id(ANCIENT_CHANGES, ManagerEntry.UPDATE, version, ""), oldest.time(), oldest.fields()));
            } else {
                ancient.put(version, new ManagerEntry(bucket.id(), oldest.time(), bucket.fields().union(oldest.fields())));
                count--;
            }
        }
        kept.addAll(ancient.values());
        return kept;
    }

    private static String text(Instant now) {
        return now.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static @Nullable ArrayNode entriesNode(ObjectNode object) {
        return object.path("metadata").path("managedFields") instanceof ArrayNode array ? array : null;
    }

    private static List<ManagerEntry> entries(@Nullable ArrayNode nodes) {
        List<ManagerEntry> entries = new ArrayList<>();
        if (nodes != null) {
            for (JsonNode node : nodes) {
                entries.add(ManagerEntry.parse(node));
            }
        }
        return entries;
    }

    private static ObjectNode withoutEntries(ObjectNode object) {
        if (entriesNode(object) == null && !object.path("metadata").has("managedFields")) {
            return object;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        copy.setAll(object);
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.setAll((ObjectNode) object.get("metadata"));
        metadata.remove("managedFields");
        copy.set("metadata", metadata);
        return copy;
    }

    private static void write(ObjectNode object, List<ManagerEntry> entries) {
        List<ManagerEntry> sorted = new ArrayList<>(entries);
        sorted.sort(ManagerEntry.ORDER);
        ArrayNode array = object.withObjectProperty("metadata").putArray("managedFields");
        sorted.forEach(entry -> array.add(entry.toJson()));
        if (array.isEmpty()) {
            object.withObjectProperty("metadata").remove("managedFields");
        }
    }
}
