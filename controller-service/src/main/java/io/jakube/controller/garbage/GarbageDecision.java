package io.jakube.controller.garbage;

import io.jakube.common.client.DeleteOptions;
import io.jakube.common.client.PatchType;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What becomes of an object, given its owners and dependents (Kubernetes documentation, "Garbage collection"). Pure. All writes apply to the
 * version that was decided on, so a change in between makes them fail and be decided anew.
 */
final class GarbageDecision {
    /** What is known of an owner. */
    enum OwnerStatus {
        /** There. */
        SOLID,
        /** Verified to be gone. */
        ABSENT,
        /** Being deleted, and waiting for its dependents. */
        WAITING
    }

    private GarbageDecision() {}

    /** @param ownerStatus asked only where it matters */
    static Plan decide(ObjectState object, List<ObjectState> dependents, Function<ObjectState.Owner, OwnerStatus> ownerStatus) {
        if (object.orphansDependents()) {
            return orphan(object, dependents);
        }
        if (object.awaitsDependents()) {
            boolean blocked = dependents.stream().anyMatch(d -> d.blocks(object.uid()));
            return blocked ? Plan.NOTHING : Plan.of(patch(object, object.patchWithoutFinalizer(ObjectState.FOREGROUND)));
        }
        if (object.deleting() || object.owners().isEmpty()) {
            return Plan.NOTHING;
        }
        List<ObjectState.Owner> solid = new ArrayList<>();
        boolean waiting = false;
        for (ObjectState.Owner owner : object.owners()) {
            switch (ownerStatus.apply(owner)) {
                case SOLID -> solid.add(owner);
                case ABSENT -> { }
                case WAITING -> waiting = true;
            }
        }
        if (!solid.isEmpty()) {
            return solid.size() == object.owners().size() ? Plan.NOTHING : Plan.of(patch(object, object.patchOwners(solid)));
        }
        if (waiting && !dependents.isEmpty()) {
            Plan.Builder plan = Plan.builder();
            // In a circle everyone would wait for the next: this one stops holding up its owners.
            if (dependents.stream().anyMatch(ObjectState::awaitsDependents) && object.owners().stream().anyMatch(ObjectState.Owner::blocks)) {
                return Plan.of(patch(object, object.patchOwners(object.owners().stream().map(ObjectState.Owner::unblocking).toList())));
            }
            return plan.then(delete(object, "Foreground")).build();
        }
        String policy = object.finalizers().contains(ObjectState.ORPHAN) ? "Orphan" : object.finalizers().contains(ObjectState.FOREGROUND) ? "Foreground" : "Background";
        return Plan.of(delete(object, policy));
    }

    private static Plan orphan(ObjectState object, List<ObjectState> dependents) {
        List<Write> releases = dependents.stream()
                .map(d -> patch(d, d.patchOwners(d.owners().stream().filter(o -> !o.uid().equals(object.uid())).toList()))).toList();
        return Plan.builder().together(releases).then(patch(object, object.patchWithoutFinalizer(ObjectState.ORPHAN))).build();
    }

    private static Write patch(ObjectState object, com.fasterxml.jackson.databind.JsonNode patch) {
        return new Write.Request("PATCH", object.path(), patch, PatchType.MERGE.contentType());
    }

    private static Write delete(ObjectState object, String policy) {
        return new Write.DeletePath(object.path(), new DeleteOptions(object.uid(), object.resourceVersion(), null, policy));
    }
}
