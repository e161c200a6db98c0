package io.jakube.controller.pods;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.informer.Lister;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which objects a controller object manages: those that name it as manager and match its selector stay, those that do not match any more are
 * released, matching ones without a manager are adopted, unless either side is being deleted.
 *
 * @param owned what it manages, the adopted included
 * @param writes adoptions and releases
 */
public record Claims<T extends HasMetadata>(List<T> owned, List<Write> writes) {
    private static final String INDEX = "controller";

    /** Ensures the index that {@link #candidates} reads. */
    public static <T extends HasMetadata> void index(ControllerScope scope, Class<T> type) {
        scope.index(type, INDEX, object -> List.of(OwnerReferences.controllerOf(object).map(r -> r.getUid()).orElseGet(() -> orphans(object.getMetadata().getNamespace()))));
    }

    private static String orphans(String namespace) {
        return "orphans/" + namespace;
    }

    /** Objects an owner may have to do with: those it manages and those in its namespace that nobody manages. */
    public static <T extends HasMetadata> List<T> candidates(Lister<T> lister, HasMetadata owner) {
        List<T> found = new ArrayList<>(owned(lister, owner));
        found.addAll(lister.byIndex(INDEX, orphans(owner.getMetadata().getNamespace())));
        return found;
    }

    /** Objects that name an owner as their manager. */
    public static <T extends HasMetadata> List<T> owned(Lister<T> lister, HasMetadata owner) {
        return List.copyOf(lister.byIndex(INDEX, owner.getMetadata().getUid()));
    }

    public static <T extends HasMetadata> Claims<T> of(HasMetadata owner, List<T> candidates, Predicate<? super T> matches) {
        List<T> owned = new ArrayList<>();
        List<Write> writes = new ArrayList<>();
        boolean ownerDeleting = owner.getMetadata().getDeletionTimestamp() != null;
        for (T candidate : candidates) {
            boolean managed = OwnerReferences.controllerOf(candidate).isPresent();
            if (OwnerReferences.isControlledBy(candidate, owner)) {
                if (matches.test(candidate)) {
                    owned.add(candidate);
                } else if (!ownerDeleting) {
                    writes.add(OwnerReferences.release(candidate, owner));
                }
            } else if (!managed && !ownerDeleting && candidate.getMetadata().getDeletionTimestamp() == null && matches.test(candidate)) {
                owned.add(candidate);
                writes.add(OwnerReferences.adopt(candidate, owner));
            }
        }
        return new Claims<>(owned, writes);
    }
}
