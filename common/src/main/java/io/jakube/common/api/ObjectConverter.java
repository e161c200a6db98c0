package io.jakube.common.api;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Converts objects between the versions a kind is served in. Thread-safe. */
public interface ObjectConverter {
    /**
     * The object in another version; the argument itself where it already has it. Does not modify its argument.
     *
     * @throws IllegalArgumentException where the kinds are not versions of one another
     */
    ObjectNode convert(ObjectNode object, GroupVersionKind target);
}
