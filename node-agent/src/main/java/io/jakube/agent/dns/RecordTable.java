package io.jakube.agent.dns;

import io.jakube.common.api.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/**
 * Records by name. Readers never lock and find a name by one hash look-up; writers replace the immutable list of each name that changes, one service at a time.
 *
 * <p>A name above an existing one exists too, without records (RFC 8020): such names have an empty list.
 */
final class RecordTable {
    private final Name origin;
    private final Map<Name, List<Record>> table = new ConcurrentHashMap<>();
    private final Map<ObjectKey, List<Record>> owned = new HashMap<>();
    /** How many names with records are below a name. */
    private final Map<Name, Integer> descendants = new HashMap<>();

    /** @param origin the top of the zone; parents are kept up to it */
    RecordTable(Name origin, List<Record> fixed) {
        this.origin = origin;
        add(fixed);
    }

    /** The records of a name in any type; an empty list if the name exists without; absent if it does not exist. */
    Optional<List<Record>> find(Name name) {
        return Optional.ofNullable(table.get(name));
    }

    /** Replaces all records of a service. */
    synchronized void update(ObjectKey owner, List<Record> records) {
        List<Record> before = records.isEmpty() ? owned.remove(owner) : owned.put(owner, records);
        if (records.equals(before)) {
            return;
        }
        add(records);
        if (before != null) {
            remove(before, records);
        }
    }

    private void add(List<Record> records) {
        for (Record record : records) {
            List<Record> old = table.getOrDefault(record.getName(), List.of());
            if (old.isEmpty()) {
                countParents(record.getName(), 1);
            }
            Set<Record> merged = new LinkedHashSet<>(old);
            merged.add(record);
            table.put(record.getName(), List.copyOf(merged));
        }
    }

    private void remove(List<Record> before, List<Record> now) {
        Set<Record> kept = new LinkedHashSet<>(now);
        for (Record record : before) {
            if (kept.contains(record)) {
                continue;
            }
            List<Record> rest = new ArrayList<>(table.getOrDefault(record.getName(), List.of()));
            if (!rest.remove(record)) {
                continue;
            }
            if (rest.isEmpty()) {
                countParents(record.getName(), -1);
                if (descendants.getOrDefault(record.getName(), 0) == 0) {
                    table.remove(record.getName());
                    continue;
                }
            }
            table.put(record.getName(), List.copyOf(rest));
        }
    }

    private void countParents(Name name, int change) {
        for (int labels = name.labels() - 1; labels >= origin.labels(); labels--) {
            Name parent = new Name(name, name.labels() - labels);
            if (!parent.subdomain(origin)) {
                return;
            }
            int count = descendants.merge(parent, change, Integer::sum);
            if (count == 0) {
                descendants.remove(parent);
                table.computeIfPresent(parent, (key, records) -> records.isEmpty() ? null : records);
            } else {
                table.putIfAbsent(parent, List.of());
            }
        }
    }
}
