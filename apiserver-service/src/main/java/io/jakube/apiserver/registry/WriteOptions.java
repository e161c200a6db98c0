package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestInfoParser;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.util.ArrayList;
import java.util.List;

/**
 * Query parameters of create, update and patch (API reference, CreateOptions, UpdateOptions, PatchOptions).
 *
 * @param kind which of the three
 * @param fieldManager as given, or derived from the user agent; may be empty
 * @param force of an apply patch
 */
public record WriteOptions(String kind, boolean dryRun, String fieldManager, FieldValidation fieldValidation, boolean force) {
    private static final int MAX_MANAGER_LENGTH = 128;

    /** What unknown and duplicate fields lead to. */
    public enum FieldValidation {
        IGNORE,
        WARN,
        STRICT
    }

    /** Of the server's own writes. */
    static final WriteOptions INTERNAL = new WriteOptions("UpdateOptions", false, "apiserver", FieldValidation.IGNORE, false);

    /**
     * @param kind {@code CreateOptions}, {@code UpdateOptions} or {@code PatchOptions}
     * @throws ApiException 422 for values outside the rules
     */
    static WriteOptions parse(String kind, ApiRequest request, boolean apply) {
        List<FieldError> errors = new ArrayList<>();
        boolean dryRun = dryRun(request.query().getOrDefault("dryRun", List.of()), errors);
        String manager = request.queryParameter("fieldManager").orElse("");
        if (manager.length() > MAX_MANAGER_LENGTH) {
            errors.add(FieldError.tooLong("fieldManager", MAX_MANAGER_LENGTH));
        } else if (manager.chars().anyMatch(c -> Character.isISOControl(c) || !Character.isDefined(c))) {
            errors.add(FieldError.invalid("fieldManager", manager, "should only contain printable characters"));
        }
        String validation = request.queryParameter("fieldValidation").orElse("");
        FieldValidation parsed = switch (validation) {
            case "", "Warn" -> FieldValidation.WARN;
            case "Ignore" -> FieldValidation.IGNORE;
            case "Strict" -> FieldValidation.STRICT;
            default -> {
                errors.add(FieldError.notSupported("fieldValidation", validation, "", "Ignore", "Strict", "Warn"));
                yield FieldValidation.WARN;
            }
        };
        boolean force = RequestInfoParser.isTrue(request.queryParameter("force").orElse(null));
        if (kind.equals("PatchOptions")) {
            if (apply && manager.isEmpty()) {
                errors.add(FieldError.required("fieldManager", "is required for apply patch"));
            } else if (!apply && request.queryParameter("force").isPresent()) {
                errors.add(FieldError.forbidden("force", "may not be specified for non-apply patch"));
            }
        }
        if (!errors.isEmpty()) {
            throw ApiException.invalid("meta.k8s.io", kind, "", errors);
        }
        return new WriteOptions(kind, dryRun, manager.isEmpty() ? userAgent(request) : manager, parsed, force);
    }

    static boolean dryRun(List<String> values, List<FieldError> errors) {
        boolean dryRun = false;
        for (String value : values) {
            if (value.equals("All")) {
                dryRun = true;
            } else if (!value.isEmpty()) {
                errors.add(FieldError.notSupported("dryRun", value, "All"));
            }
        }
        return dryRun;
    }

    /** As admission sees the options. */
    ObjectNode toObject() {
        ObjectNode options = Json.object().put("kind", kind).put("apiVersion", "meta.k8s.io/v1");
        if (dryRun) {
            options.putArray("dryRun").add("All");
        }
        if (!fieldManager.isEmpty()) {
            options.put("fieldManager", fieldManager);
        }
        return options;
    }

    /** Upstream's default manager: the user agent up to its first slash. */
    private static String userAgent(ApiRequest request) {
        String agent = request.header("User-Agent").orElse("");
        String name = agent.contains("/") ? agent.substring(0, agent.indexOf('/')) : agent;
        StringBuilder printable = new StringBuilder();
        name.chars().filter(c -> !Character.isISOControl(c)).limit(MAX_MANAGER_LENGTH).forEach(c -> printable.append((char) c));
        return printable.toString();
    }
}
