package io.jakube.apiserver.request;

import io.jakube.apiserver.request.OutputFormat.Encoding;
import io.jakube.apiserver.request.OutputFormat.View;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses how to answer from {@code Accept} (RFC 9110 §12.5.1, with Kubernetes' parameters {@code as}, {@code v} and {@code g}). */
public final class Negotiation {
    private static final String REFUSAL = "only the following media types are accepted: application/json, application/yaml";

    private Negotiation() {}

    private record Clause(String type, Map<String, String> parameters, double quality) {}

    /**
     * @param views what the endpoint can offer beyond the object itself
     * @throws ApiException 406 if nothing acceptable is on offer
     */
    public static OutputFormat negotiate(List<String> accept, Set<View> views) {
        List<Clause> clauses = parse(accept);
        if (clauses.isEmpty()) {
            if (accept.stream().allMatch(String::isBlank)) {
                return OutputFormat.JSON;
            }
            throw ApiException.notAcceptable(REFUSAL);
        }
        for (Clause clause : clauses) {
            OutputFormat format = match(clause, views);
            if (format != null) {
                return format;
            }
        }
        throw ApiException.notAcceptable(REFUSAL);
    }

    private static @Nullable OutputFormat match(Clause clause, Set<View> views) {
        Encoding encoding = switch (clause.type()) {
            case "application/json", "application/*", "*/*" -> Encoding.JSON;
            case "application/yaml" -> Encoding.YAML;
            default -> null;
        };
        if (encoding == null || clause.quality() == 0) {
            return null;
        }
        String as = clause.parameters().get("as");
        if (as == null) {
            return new OutputFormat(encoding, View.OBJECT, "");
        }
        View view = switch (as) {
            case "Table" -> View.TABLE;
            case "PartialObjectMetadata" -> View.PARTIAL;
            case "PartialObjectMetadataList" -> View.PARTIAL_LIST;
            default -> null;
        };
        String version = clause.parameters().getOrDefault("v", "");
        boolean known = clause.parameters().getOrDefault("g", "").equals("meta.k8s.io") && (version.equals("v1") || version.equals("v1beta1"));
        return view != null && known && views.contains(view) ? new OutputFormat(encoding, view, "meta.k8s.io/" + version) : null;
    }

    /** Well-formed clauses, best first; others are ignored. */
    private static List<Clause> parse(List<String> accept) {
        List<Clause> clauses = new ArrayList<>();
        for (String header : accept) {
            for (String text : header.split(",")) {
                String[] parts = text.split(";");
                String type = parts[0].strip().toLowerCase(Locale.ROOT);
                if (type.indexOf('/') <= 0 || type.endsWith("/")) {
                    continue;
                }
                Map<String, String> parameters = new HashMap<>();
                double quality = 1;
                for (int i = 1; i < parts.length; i++) {
                    String[] pair = parts[i].strip().split("=", 2);
                    String value = pair.length == 2 ? pair[1].strip() : "";
                    if (pair[0].equals("q")) {
                        quality = quality(value);
                    } else {
                        parameters.put(pair[0].strip(), value.startsWith("\"") && value.endsWith("\"") && value.length() > 1 ? value.substring(1, value.length() - 1) : value);
                    }
                }
                clauses.add(new Clause(type, parameters, quality));
            }
        }
        clauses.sort(Comparator.comparingDouble(Clause::quality).reversed());
        return clauses;
    }

    private static double quality(String text) {
        try {
            return Math.clamp(Double.parseDouble(text), 0.0, 1.0);
        } catch (NumberFormatException e) {
            return 1;
        }
    }
}
