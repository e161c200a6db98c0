package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.jakube.common.quantity.Quantity;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings quantities into their canonical form. A text that is no quantity stays for validation to refuse. */
final class Quantities {
    private Quantities() {}

    /** Resource amounts by name, rounded up to a thousandth. */
    static void resources(@Nullable ObjectNode amounts) {
        if (amounts != null) {
            amounts.properties().forEach(entry -> parse(entry.getValue()).ifPresent(quantity -> entry.setValue(TextNode.valueOf(quantity.roundUpToMilli().toString()))));
        }
    }

    /** {@code limits} and {@code requests}. */
    static void requirements(@Nullable ObjectNode requirements) {
        resources(object(requirements, "limits"));
        resources(object(requirements, "requests"));
    }

    /** A single quantity, where there is one. */
    static void canonical(@Nullable ObjectNode parent, String field) {
        if (parent != null && parent.hasNonNull(field)) {
            parse(parent.get(field)).ifPresent(quantity -> parent.put(field, quantity.toString()));
        }
    }

    static Optional<Quantity> parse(@Nullable JsonNode value) {
        if (value == null || !value.isValueNode() || value.isNull()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Quantity.parse(value.asText()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
