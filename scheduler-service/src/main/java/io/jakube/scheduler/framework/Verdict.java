package io.jakube.scheduler.framework;

import static java.util.Objects.requireNonNull;

/** A filter's answer about one node. */
public sealed interface Verdict {
    Verdict FITS = new Fits();

    /** The pod fits, as far as this filter can tell. */
    record Fits() implements Verdict {}

    /**
     * The pod does not fit.
     *
     * @param reason as events show it, without the node's name
     * @param resolvable whether evicting pods from the node could help
     */
    record Rejected(String reason, boolean resolvable) implements Verdict {
        public Rejected {
            requireNonNull(reason, "reason is null");
        }
    }

    /** Rejected, and eviction may help. */
    static Verdict unschedulable(String reason) {
        return new Rejected(reason, true);
    }

    /** Rejected whatever is evicted. */
    static Verdict unresolvable(String reason) {
        return new Rejected(reason, false);
    }
}
