package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.quantity.Quantity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests and limits of containers and pods. */
final class ResourceRequirements {
    private ResourceRequirements() {}

    static void validate(@Nullable ObjectNode requirements, FieldPath field, Errors errors) {
        ObjectNode limits = object(requirements, "limits");
        ObjectNode requests = object(requirements, "requests");
        boolean hugePages = false;
        boolean compute = false;
        if (limits != null) {
            for (Map.Entry<String, JsonNode> limit : limits.properties()) {
                FieldPath path = field.child("limits").key(limit.getKey());
                ResourceNames.containerResource(path, limit.getKey(), errors);
                amount(path, limit.getKey(), limit.getValue(), errors);
                hugePages |= ResourceNames.isHugePages(limit.getKey());
                compute |= limit.getKey().equals("cpu") || limit.getKey().equals("memory");
            }
        }
        if (requests != null) {
            for (Map.Entry<String, JsonNode> request : requests.properties()) {
                request(request.getKey(), request.getValue(), limits, field, errors);
                hugePages |= ResourceNames.isHugePages(request.getKey());
                compute |= request.getKey().equals("cpu") || request.getKey().equals("memory");
            }
        }
        if (hugePages && !compute) {
            errors.forbidden(field, "HugePages require cpu or memory");
        }
    }

    private static void request(String name, JsonNode value, @Nullable ObjectNode limits, FieldPath field, Errors errors) {
        FieldPath path = field.child("requests").key(name);
        ResourceNames.containerResource(path, name, errors);
        amount(path, name, value, errors);
        JsonNode limit = limits == null ? null : limits.get(name);
        if (limit == null) {
            if (!ResourceNames.mayOvercommit(name)) {
                errors.required(field.child("limits"), "Limit must be set for non overcommitable resources");
            }
            return;
        }
        Quantity requested = parse(value);
        Quantity limited = parse(limit);
        if (!ResourceNames.mayOvercommit(name) && requested.compareTo(limited) != 0) {
            errors.invalid(field.child("requests"), requested.toString(), "must be equal to " + name + " limit of " + limited);
        } else if (requested.compareTo(limited) > 0) {
            errors.invalid(field.child("requests"), requested.toString(), "must be less than or equal to " + name + " limit of " + limited);
        }
    }

    /** An amount of a resource: not negative, and whole where only whole ones exist. */
    static void amount(FieldPath field, String name, JsonNode value, Errors errors) {
        Formats.quantity(field, value, errors).ifPresent(quantity -> {
            if (quantity.signum() < 0) {
                errors.invalid(field, quantity.toString(), Errors.NEGATIVE);
            }
            if (ResourceNames.isInteger(name) && !quantity.isInteger()) {
                errors.invalid(field, quantity.toString(), "must be an integer");
            }
        });
    }

    private static Quantity parse(JsonNode value) {
        try {
            return Quantity.parse(value.asText());
        } catch (IllegalArgumentException e) {
            return Quantity.ZERO;
        }
    }
}
