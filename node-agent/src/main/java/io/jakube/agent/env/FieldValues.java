package io.jakube.agent.env;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectFieldSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.jakube.agent.pod.PodSpecs;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the downward API can read from a pod ("Downward API" in the Kubernetes documentation).
 *
 * @param pod as the API has it
 * @param podIps of the running sandbox, the first is the preferred one
 * @param hostIps of the node
 * @param allocatable of the node, the value of limits that are not set
 */
public record FieldValues(Pod pod, List<String> podIps, List<String> hostIps, Map<String, Quantity> allocatable) {
    private static final String LABELS = "metadata.labels['";
    private static final String ANNOTATIONS = "metadata.annotations['";

    public String field(ObjectFieldSelector selector) throws ConfigurationException {
        String path = selector.getFieldPath();
        if (path.startsWith(LABELS)) {
            return entry(pod.getMetadata().getLabels(), path, LABELS);
        }
        if (path.startsWith(ANNOTATIONS)) {
            return entry(pod.getMetadata().getAnnotations(), path, ANNOTATIONS);
        }
        return switch (path) {
            case "metadata.name" -> pod.getMetadata().getName();
            case "metadata.namespace" -> pod.getMetadata().getNamespace();
            case "metadata.uid" -> pod.getMetadata().getUid();
            case "metadata.labels" -> lines(pod.getMetadata().getLabels());
            case "metadata.annotations" -> lines(pod.getMetadata().getAnnotations());
            case "spec.nodeName" -> pod.getSpec().getNodeName();
            case "spec.serviceAccountName" -> pod.getSpec().getServiceAccountName() == null ? "" : pod.getSpec().getServiceAccountName();
            case "status.hostIP" -> hostIps.isEmpty() ? "" : hostIps.getFirst();
            case "status.hostIPs" -> String.join(",", hostIps);
            case "status.podIP" -> podIps.isEmpty() ? "" : podIps.getFirst();
            case "status.podIPs" -> String.join(",", podIps);
            default -> throw new ConfigurationException("unsupported fieldPath: " + path);
        };
    }

    /** @param container the one whose variable or volume it is; the selector may name another */
    public String resource(ResourceFieldSelector selector, @Nullable Container container) throws ConfigurationException {
        Container subject = selector.getContainerName() == null || selector.getContainerName().isEmpty()
                ? container
                : PodSpecs.find(pod.getSpec(), selector.getContainerName()).orElse(null);
        if (subject == null) {
            throw new ConfigurationException("container " + selector.getContainerName() + " not found");
        }
        int dot = selector.getResource().indexOf('.');
        String kind = selector.getResource().substring(0, Math.max(0, dot));
        String name = selector.getResource().substring(dot + 1);
        ResourceRequirements resources = subject.getResources();
        Quantity quantity = switch (kind) {
            case "limits" -> value(resources == null ? null : resources.getLimits(), name, allocatable.get(name));
            case "requests" -> value(
                    resources == null ? null : resources.getRequests(), name, value(resources == null ? null : resources.getLimits(), name, null));
            default -> throw new ConfigurationException("unsupported container resource : " + selector.getResource());
        };
        if (quantity == null) {
            return "0";
        }
        BigDecimal divisor = selector.getDivisor() == null || selector.getDivisor().getNumericalAmount().signum() == 0
                ? BigDecimal.ONE
                : selector.getDivisor().getNumericalAmount();
        return quantity.getNumericalAmount().divide(divisor, 0, RoundingMode.CEILING).toPlainString();
    }

    private static @Nullable Quantity value(@Nullable Map<String, Quantity> map, String name, @Nullable Quantity otherwise) {
        Quantity set = map == null ? null : map.get(name);
        return set == null ? otherwise : set;
    }

    private static String entry(@Nullable Map<String, String> map, String path, String prefix) {
        String key = path.substring(prefix.length(), path.length() - 2);
        return map == null ? "" : map.getOrDefault(key, "");
    }

    private static String lines(@Nullable Map<String, String> map) {
        return map == null
                ? ""
                : new TreeMap<>(map).entrySet().stream().map(e -> e.getKey() + "=" + quoted(e.getValue())).collect(Collectors.joining("\n"));
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
