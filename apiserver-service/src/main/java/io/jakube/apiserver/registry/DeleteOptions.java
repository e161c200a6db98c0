package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestInfoParser;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to delete (API reference, DeleteOptions).
 *
 * @param gracePeriodSeconds null to take the type's default
 * @param propagation null to leave it to the object's finalizers and the type
 * @param uid precondition, null for none
 * @param resourceVersion precondition, null for none
 */
public record DeleteOptions(
        boolean dryRun, @Nullable Long gracePeriodSeconds, @Nullable Propagation propagation, @Nullable String uid, @Nullable String resourceVersion) {
    static final DeleteOptions NOW = new DeleteOptions(false, 0L, null, null, null);

    /** What happens to dependents. */
    public enum Propagation {
        ORPHAN("Orphan"),
        BACKGROUND("Background"),
        FOREGROUND("Foreground");

        private final String text;

        Propagation(String text) {
            this.text = text;
        }
    }

    /**
     * @param body a DeleteOptions object; null to read the query parameters instead
     * @throws ApiException 422 for values outside the rules
     */
    static DeleteOptions parse(ApiRequest request, @Nullable ObjectNode body) {
        List<FieldError> errors = new ArrayList<>();
        List<String> dryRuns = new ArrayList<>();
        String policy = "";
        @Nullable Long grace = null;
        @Nullable Boolean orphan = null;
        @Nullable String uid = null;
        @Nullable String version = null;
        if (body != null) {
            body.path("dryRun").forEach(value -> dryRuns.add(value.asText()));
            policy = body.path("propagationPolicy").asText("");
            grace = body.hasNonNull("gracePeriodSeconds") ? body.get("gracePeriodSeconds").asLong() : null;
            orphan = body.hasNonNull("orphanDependents") ? body.get("orphanDependents").asBoolean() : null;
            JsonNode preconditions = body.path("preconditions");
            uid = preconditions.hasNonNull("uid") ? preconditions.get("uid").asText() : null;
            version = preconditions.hasNonNull("resourceVersion") ? preconditions.get("resourceVersion").asText() : null;
        } else {
            dryRuns.addAll(request.query().getOrDefault("dryRun", List.of()));
            policy = request.queryParameter("propagationPolicy").orElse("");
            grace = request.queryParameter("gracePeriodSeconds").map(DeleteOptions::number).orElse(null);
            orphan = request.queryParameter("orphanDependents").map(RequestInfoParser::isTrue).orElse(null);
        }
        boolean dryRun = WriteOptions.dryRun(dryRuns, errors);
        Propagation propagation = switch (policy) {
            case "" -> orphan == null ? null : orphan ? Propagation.ORPHAN : Propagation.BACKGROUND;
            case "Orphan" -> Propagation.ORPHAN;
            case "Background" -> Propagation.BACKGROUND;
            case "Foreground" -> Propagation.FOREGROUND;
            default -> {
                errors.add(FieldError.notSupported("propagationPolicy", policy, "Foreground", "Background", "Orphan", "nil"));
                yield null;
            }
        };
        if (orphan != null && !policy.isEmpty()) {
            errors.add(FieldError.invalid("propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set"));
        }
        if (!errors.isEmpty()) {
            throw ApiException.invalid("meta.k8s.io", "DeleteOptions", "", errors);
        }
        return new DeleteOptions(dryRun, grace == null || grace >= 0 ? grace : Long.valueOf(1), propagation, uid, version);
    }

    /** As admission sees the options. */
    ObjectNode toObject() {
        ObjectNode options = Json.object().put("kind", "DeleteOptions").put("apiVersion", "meta.k8s.io/v1");
        if (dryRun) {
            options.putArray("dryRun").add("All");
        }
        if (gracePeriodSeconds != null) {
            options.put("gracePeriodSeconds", gracePeriodSeconds);
        }
        if (propagation != null) {
            options.put("propagationPolicy", propagation.text);
        }
        return options;
    }

    private static Long number(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("gracePeriodSeconds: strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
        }
    }
}
