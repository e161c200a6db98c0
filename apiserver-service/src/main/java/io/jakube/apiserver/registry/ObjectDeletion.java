package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.registry.DeleteOptions.Propagation;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.storage.ObjectStorage;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.common.status.ApiException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes objects: preconditions, graceful periods, finalizers and what happens to dependents (API concepts, "Object deletion").
 * An object that has to wait gets a deletionTimestamp; one that has not is removed. Thread-safe.
 */
public final class ObjectDeletion {
    private static final String ORPHAN = "orphan";
    private static final String FOREGROUND = "foregroundDeletion";

    private final ObjectStorage storage;
    private final Admission admission;
    private final Clock clock;

    public ObjectDeletion(ObjectStorage storage, Admission admission, Clock clock) {
        this.storage = storage;
        this.admission = admission;
        this.clock = clock;
    }

    /**
     * @param object its last state where it is gone, its present state where it waits
     * @param gone whether the object was removed
     */
    record Outcome(StoredObject object, boolean gone) {}

    /** @throws ApiException 403, 404, 409 where a precondition does not hold */
    Outcome delete(ResourceType type, String namespace, String name, DeleteOptions options, RequestContext context) {
        Admission.Attempt attempt = new Admission.Attempt(Operation.DELETE, type, "", namespace, name, options.toObject(), options.dryRun(), context);
        while (true) {
            StoredObject old = storage.get(type.definition(), namespace, name).orElseThrow(() -> ApiException.notFound(type.resource(), name));
            ObjectNode object = old.toTree();
            checkPreconditions(type, object, options);
            admission.mutate(attempt.of(null, object));
            admission.validate(attempt.of(null, object));
            Optional<Outcome> outcome = attempt(type, old, object, options);
            if (outcome.isPresent()) {
                return outcome.get();
            }
        }
    }

    private static void checkPreconditions(ResourceType type, ObjectNode object, DeleteOptions options) {
        ObjectMeta meta = ObjectMeta.of(object);
        if (options.uid() != null && !options.uid().equals(meta.uid())) {
            throw ApiException.conflict(type.resource(), meta.name(),
                    "Precondition failed: UID in precondition: " + options.uid() + ", UID in object meta: " + meta.uid());
        }
        if (options.resourceVersion() != null && !options.resourceVersion().equals(meta.resourceVersion())) {
            throw ApiException.conflict(type.resource(), meta.name(), "Precondition failed: ResourceVersion in precondition: "
                    + options.resourceVersion() + ", ResourceVersion in object meta: " + meta.resourceVersion());
        }
    }

    private Optional<Outcome> attempt(ResourceType type, StoredObject old, ObjectNode object, DeleteOptions options) {
        ObjectMeta meta = ObjectMeta.of(object);
        boolean changed = updateFinalizers(meta, options.propagation());
        boolean waits = !meta.finalizers().isEmpty() || type.strategy().held(object);
        boolean begins = !meta.deleting();
        if (type.strategy().deletesGracefully(object)) {
            Grace grace = shorten(meta, type.strategy().defaultGracePeriodSeconds(object), options.gracePeriodSeconds());
            if (grace == Grace.STARTED && meta.generation() > 0) {
                meta.setGeneration(meta.generation() + 1);
            }
            changed |= grace != Grace.UNCHANGED;
            Long period = meta.deletionGracePeriodSeconds();
            waits |= period != null && period > 0;
        } else if (!meta.deleting()) {
            meta.setDeletion(clock.instant(), 0);
            changed = true;
        } else if (meta.deletionGracePeriodSeconds() instanceof Long period && period > 0) {
            meta.setDeletion(clock.instant(), 0);
            changed = true;
        }
        if (!waits) {
            if (options.dryRun()) {
                return Optional.of(new Outcome(old, true));
            }
            return storage.delete(type.definition(), old).map(gone -> {
                type.strategy().afterDelete(gone.toTree());
                return new Outcome(gone, true);
            });
        }
        if (!changed) {
            return Optional.of(new Outcome(old, false));
        }
        if (begins) {
            type.strategy().prepareForDelete(object);
        }
        byte[] encoded = ObjectStorage.encode(object);
        if (options.dryRun()) {
            return Optional.of(new Outcome(storage.scanner(type.definition()).scan(encoded, old.revision()), false));
        }
        return storage.update(type.definition(), old, encoded).map(waiting -> new Outcome(waiting, false));
    }

    private enum Grace {
        STARTED,
        SHORTENED,
        UNCHANGED
    }

    /** Begins the graceful period, or shortens one that runs; it never grows. */
    private Grace shorten(ObjectMeta meta, long byDefault, @Nullable Long wished) {
        Instant deletion = meta.deletionTimestamp();
        if (deletion == null) {
            long period = wished == null ? byDefault : wished;
            meta.setDeletion(clock.instant().plusSeconds(period), period);
            return Grace.STARTED;
        }
        Long running = meta.deletionGracePeriodSeconds();
        if (running == null || running == 0 || wished == null || wished >= running) {
            return Grace.UNCHANGED;
        }
        meta.setDeletion(deletion.minusSeconds(running).plusSeconds(wished), wished);
        return Grace.SHORTENED;
    }

    /** Sets the finalizers the propagation policy asks for; an explicit policy beats the finalizers that are there. */
    private static boolean updateFinalizers(ObjectMeta meta, @Nullable Propagation policy) {
        if (policy == null) {
            return false;
        }
        List<String> finalizers = new ArrayList<>(meta.finalizers());
        List<String> before = List.copyOf(finalizers);
        String wanted = switch (policy) {
            case ORPHAN -> ORPHAN;
            case FOREGROUND -> FOREGROUND;
            case BACKGROUND -> "";
        };
        finalizers.removeIf(f -> Set.of(ORPHAN, FOREGROUND).contains(f) && !f.equals(wanted));
        if (!wanted.isEmpty() && !finalizers.contains(wanted)) {
            finalizers.add(wanted);
        }
        if (finalizers.equals(before)) {
            return false;
        }
        meta.setFinalizers(finalizers);
        return true;
    }
}
