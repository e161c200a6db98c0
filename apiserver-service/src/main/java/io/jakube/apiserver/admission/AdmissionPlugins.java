package io.jakube.apiserver.admission;

import io.jakube.apiserver.registry.ObjectStore;
import java.time.Clock;
import java.util.List;

/** The built-in plugins. */
public final class AdmissionPlugins {
    private AdmissionPlugins() {}

    /** In upstream's order; later ones see what earlier ones changed. */
    public static List<AdmissionPlugin> all(ObjectStore store, Clock clock) {
        return List.of(
                new NamespaceLifecycle(store, clock),
                new ServiceAccountAdmission(store),
                new NodeRestriction(store),
                new TaintNodesByCondition(),
                new Priority(store),
                new DefaultTolerationSeconds());
    }
}
