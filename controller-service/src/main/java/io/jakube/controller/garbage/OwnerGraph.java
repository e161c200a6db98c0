package io.jakube.controller.garbage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who owns whom, over all resources, by uid. Thread-safe: one lock, short operations. */
final class OwnerGraph {
    private final Map<String, ObjectState> objects = new HashMap<>();
    private final Map<String, Set<String>> dependents = new HashMap<>();

    /** @return the state before, null for a new object */
    synchronized @Nullable ObjectState put(ObjectState state) {
        ObjectState before = objects.put(state.uid(), state);
        if (before == null || !before.owners().equals(state.owners())) {
            if (before != null) {
                unlink(before);
            }
            state.owners().forEach(owner -> dependents.computeIfAbsent(owner.uid(), u -> new HashSet<>(4)).add(state.uid()));
        }
        return before;
    }

    synchronized @Nullable ObjectState remove(String uid) {
        ObjectState before = objects.remove(uid);
        if (before != null) {
            unlink(before);
        }
        return before;
    }

    private void unlink(ObjectState state) {
        for (ObjectState.Owner owner : state.owners()) {
            Set<String> siblings = dependents.get(owner.uid());
            if (siblings != null) {
                siblings.remove(state.uid());
                if (siblings.isEmpty()) {
                    dependents.remove(owner.uid());
                }
            }
        }
    }

    synchronized Optional<ObjectState> get(String uid) {
        return Optional.ofNullable(objects.get(uid));
    }

    synchronized boolean contains(String uid) {
        return objects.containsKey(uid);
    }

    /** Objects that name an owner. */
    synchronized List<ObjectState> dependents(String ownerUid) {
        Set<String> uids = dependents.get(ownerUid);
        if (uids == null) {
            return List.of();
        }
        List<ObjectState> found = new ArrayList<>(uids.size());
        for (String uid : uids) {
            ObjectState state = objects.get(uid);
            if (state != null) {
                found.add(state);
            }
        }
        return found;
    }

    /** Uids of objects that garbage collection has something to look into: an unknown owner, or a deletion that waits. */
    synchronized List<String> suspects() {
        return objects.values().stream()
                .filter(o -> o.awaitsDependents() || o.orphansDependents() || o.owners().stream().anyMatch(owner -> !objects.containsKey(owner.uid())))
                .map(ObjectState::uid).toList();
    }

    synchronized int size() {
        return objects.size();
    }
}
