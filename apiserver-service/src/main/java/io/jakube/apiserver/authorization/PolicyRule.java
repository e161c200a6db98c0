package io.jakube.apiserver.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.RequestInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * One rule of a role (API reference, rbac.authorization.k8s.io/v1 PolicyRule). Lists are short, so membership is a scan. Immutable.
 */
public record PolicyRule(List<String> verbs, List<String> apiGroups, List<String> resources, List<String> resourceNames, List<String> nonResourceUrls) {
    private static final String ALL = "*";

    public PolicyRule {
        verbs = List.copyOf(verbs);
        apiGroups = List.copyOf(apiGroups);
        resources = List.copyOf(resources);
        resourceNames = List.copyOf(resourceNames);
        nonResourceUrls = List.copyOf(nonResourceUrls);
    }

    public static PolicyRule parse(JsonNode rule) {
        return new PolicyRule(strings(rule.path("verbs")), strings(rule.path("apiGroups")), strings(rule.path("resources")), strings(rule.path("resourceNames")), strings(rule.path("nonResourceURLs")));
    }

    /** Reads the {@code rules} of a role. */
    public static List<PolicyRule> parseAll(JsonNode rules) {
        List<PolicyRule> parsed = new ArrayList<>(rules.size());
        rules.forEach(rule -> parsed.add(parse(rule)));
        return List.copyOf(parsed);
    }

    /** Whether the rule allows the request. */
    public boolean allows(RequestInfo info) {
        if (!allowsVerb(info.verb())) {
            return false;
        }
        if (!info.resourceRequest()) {
            return allowsUrl(info.path());
        }
        return allowsGroup(info.group()) && allowsResource(info.resource(), info.subresource()) && (resourceNames.isEmpty() || resourceNames.contains(info.name()));
    }

    private boolean allowsVerb(String verb) {
        return contains(verbs, verb);
    }

    private boolean allowsGroup(String group) {
        return contains(apiGroups, group);
    }

    private boolean allowsResource(String resource, String subresource) {
        for (String allowed : resources) {
            if (allowed.equals(ALL)) {
                return true;
            }
            if (subresource.isEmpty()) {
                if (allowed.equals(resource)) {
                    return true;
                }
            } else if (allowed.length() == resource.length() + 1 + subresource.length()
                    && allowed.startsWith(resource) && allowed.charAt(resource.length()) == '/' && allowed.endsWith(subresource)) {
                return true;
            } else if (allowed.startsWith("*/") && allowed.length() == subresource.length() + 2 && allowed.endsWith(subresource)) {
                return true;
            }
        }
        return false;
    }

    private boolean allowsUrl(String path) {
        for (String url : nonResourceUrls) {
            if (url.equals(path) || url.endsWith(ALL) && path.startsWith(url.substring(0, url.length() - 1))) {
                return true;
            }
        }
        return false;
    }

    /** Cuts the rule into rules of one verb and one group and resource, name or URL each; together they allow the same. */
    List<PolicyRule> atoms() {
        List<PolicyRule> atoms = new ArrayList<>();
        for (String verb : verbs) {
            for (String url : nonResourceUrls) {
                atoms.add(new PolicyRule(List.of(verb), List.of(), List.of(), List.of(), List.of(url)));
            }
            for (String group : apiGroups) {
                for (String resource : resources) {
                    for (String name : resourceNames.isEmpty() ? List.of("") : resourceNames) {
                        atoms.add(new PolicyRule(List.of(verb), List.of(group), List.of(resource), name.isEmpty() ? List.of() : List.of(name), List.of()));
                    }
                }
            }
        }
        return atoms;
    }

    /** Whether everything an {@linkplain #atoms atom} allows is allowed by this rule. */
    boolean coversAtom(PolicyRule atom) {
        if (!allowsVerb(atom.verbs.getFirst())) {
            return false;
        }
        if (!atom.nonResourceUrls.isEmpty()) {
            String url = atom.nonResourceUrls.getFirst();
            return nonResourceUrls.contains(url) || allowsUrl(url);
        }
        return allowsGroup(atom.apiGroups.getFirst()) && coversResource(atom.resources.getFirst())
                && (resourceNames.isEmpty() || !atom.resourceNames.isEmpty() && resourceNames.contains(atom.resourceNames.getFirst()));
    }

    private boolean coversResource(String resource) {
        if (resources.contains(ALL) || resources.contains(resource)) {
            return true;
        }
        int slash = resource.indexOf('/');
        return slash >= 0 && resources.contains("*" + resource.substring(slash));
    }

    /** Whether the held rules together allow everything the wanted one allows. */
    public static boolean covers(List<PolicyRule> held, PolicyRule wanted) {
        return wanted.atoms().stream().allMatch(atom -> held.stream().anyMatch(rule -> rule.coversAtom(atom)));
    }

    public ObjectNode toJson(ObjectNode target) {
        put(target, "verbs", verbs);
        put(target, "apiGroups", apiGroups);
        put(target, "resources", resources);
        put(target, "resourceNames", resourceNames);
        put(target, "nonResourceURLs", nonResourceUrls);
        return target;
    }

    /** As refusals of escalation show it: <code>{APIGroups:[""], Resources:["pods"], Verbs:["get"]}</code>. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "{", "}");
        show(text, "APIGroups", apiGroups);
        show(text, "Resources", resources);
        show(text, "NonResourceURLs", nonResourceUrls);
        show(text, "ResourceNames", resourceNames);
        show(text, "Verbs", verbs);
        return text.toString();
    }

    private static void show(StringJoiner text, String name, List<String> values) {
        if (!values.isEmpty()) {
            text.add(name + ":" + quoted(values));
        }
    }

    static String quoted(List<String> values) {
        return values.stream().map(value -> "\"" + value + "\"").collect(Collectors.joining(" ", "[", "]"));
    }

    private static void put(ObjectNode target, String name, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = target.putArray(name);
            values.forEach(array::add);
        }
    }

    private static boolean contains(List<String> values, String value) {
        for (String candidate : values) {
            if (candidate.equals(ALL) || candidate.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>(array.size());
        array.forEach(value -> values.add(value.asText()));
        return values;
    }
}
