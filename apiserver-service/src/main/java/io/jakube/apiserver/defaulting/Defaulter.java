package io.jakube.apiserver.defaulting;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Defaults of one type beyond the schema's (upstream: zz_generated.defaults and defaults.go of each group). Idempotent, thread-safe, stateless. */
@FunctionalInterface
public interface Defaulter {
    /** Fills in defaults in place. */
    void apply(ObjectNode object);
}
