package io.jakube.apiserver.discovery;

import io.jakube.common.status.ApiException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What form of discovery a client accepts. */
enum DiscoveryFormat {
    AGGREGATED_V2("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"),
    AGGREGATED_V2BETA1("application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"),
    LEGACY("application/json");

    private static final Set<String> JSON = Set.of("application/json", "application/*", "*/*");

    private final String contentType;

    DiscoveryFormat(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /**
     * The first form on the client's list that there is.
     *
     * @param root whether the path has an aggregated form
     * @throws ApiException 406
     */
    static DiscoveryFormat negotiate(List<String> accept, boolean root) {
        boolean asked = false;
        for (String header : accept) {
            for (String clause : header.split(",")) {
                if (!clause.isBlank()) {
                    asked = true;
                    DiscoveryFormat format = of(clause, root);
                    if (format != null) {
                        return format;
                    }
                }
            }
        }
        if (asked) {
            throw ApiException.notAcceptable("only the following media types are accepted: application/json");
        }
        return LEGACY;
    }

    private static @Nullable DiscoveryFormat of(String clause, boolean root) {
        Set<String> parameters = new TreeSet<>();
        String[] parts = clause.split(";");
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (!parameter.startsWith("q=")) {
                parameters.add(parameter);
            }
        }
        if (!JSON.contains(parts[0].strip().toLowerCase(Locale.ROOT))) {
            return null;
        }
        if (!parameters.contains("as=APIGroupDiscoveryList")) {
            return parameters.stream().anyMatch(p -> p.startsWith("as=")) ? null : LEGACY;
        }
        if (!root || !parameters.contains("g=apidiscovery.k8s.io")) {
            return null;
        }
        return parameters.contains("v=v2") ? AGGREGATED_V2 : parameters.contains("v=v2beta1") ? AGGREGATED_V2BETA1 : null;
    }
}
