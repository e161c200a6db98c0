package io.jakube.schema.generator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.schema.generator.ApiReader.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Joins {@code resources.txt} with the operations of the published API: verbs, scopes and kinds are never written by hand. */
final class ResourceTable {
    private final ObjectMapper mapper = new ObjectMapper();
    private final List<Operation> operations;
    private final Function<String, String[]> groupVersionKind;

    /** @param groupVersionKind group, version and kind of a model class */
    ResourceTable(List<Operation> operations, Function<String, String[]> groupVersionKind) {
        this.operations = operations;
        this.groupVersionKind = groupVersionKind;
    }

    ArrayNode build(Path file) throws IOException {
        ArrayNode groupVersions = mapper.createArrayNode();
        Map<String, String> connectKinds = new HashMap<>();
        List<String> lines = Overlay.lines(file);
        String groupVersion = "";
        for (String line : lines) {
            String[] words = line.split("\\s+");
            if (line.startsWith("/")) {
                groupVersion = line.substring(1);
            } else if (words[0].contains("/")) {
                connectKinds.put(groupVersion + "/" + words[0], words[1]);
            }
        }
        ArrayNode resources = mapper.createArrayNode();
        for (String line : lines) {
            if (line.startsWith("/")) {
                groupVersion = line.substring(1);
                resources = groupVersions.addObject().put("groupVersion", groupVersion).putArray("resources");
            } else if (!line.split("\\s+")[0].contains("/")) {
                resources.add(resource(groupVersion, line.split("\\s+"), connectKinds));
            }
        }
        return groupVersions;
    }

    private ObjectNode resource(String groupVersion, String[] words, Map<String, String> connectKinds) {
        String plural = words[0];
        Map<String, List<String>> facts = new LinkedHashMap<>();
        for (String word : Arrays.copyOfRange(words, 1, words.length)) {
            String[] pair = word.split("=", 2);
            facts.put(pair[0], List.of(pair[1].split(",")));
        }
        String root = (groupVersion.contains("/") ? "/apis/" : "/api/") + groupVersion + "/";
        boolean namespaced = operations.stream().anyMatch(o -> o.path().equals(root + "namespaces/{namespace}/" + plural));
        String collection = root + (namespaced ? "namespaces/{namespace}/" : "") + plural;
        Set<String> verbs = verbs(collection);
        if (verbs.isEmpty()) {
            throw new IllegalStateException("resources.txt names " + plural + " in " + groupVersion + ", which the API does not have");
        }
        ObjectNode node = mapper.createObjectNode().put("plural", plural);
        String[] kind = kind(collection, groupVersion + " " + plural);
        node.put("kind", kind[2]).put("singular", kind[2].toLowerCase(Locale.ROOT)).put("namespaced", namespaced);
        strings(node, "shortNames", facts.getOrDefault("short", List.of()));
        strings(node, "categories", facts.getOrDefault("categories", List.of()));
        strings(node, "selectableFields", facts.getOrDefault("fields", List.of()));
        strings(node, "verbs", verbs);
        if (facts.containsKey("stored")) {
            node.put("stored", facts.get("stored").getFirst());
        }
        ArrayNode subresources = node.putArray("subresources");
        for (String name : facts.getOrDefault("subresources", List.of())) {
            String path = collection + "/{name}/" + name;
            ObjectNode subresource = subresources.addObject().put("name", name);
            String connectKind = connectKinds.get(groupVersion + "/" + plural + "/" + name);
            String[] type = connectKind == null ? kind(path, plural + "/" + name) : null;
            subresource.put("groupVersion", type == null ? groupVersion : type[0].isEmpty() ? type[1] : type[0] + "/" + type[1]);
            subresource.put("kind", type == null ? connectKind : type[2]);
            strings(subresource, "verbs", subresourceVerbs(path));
        }
        return node;
    }

    /** The kind that is created, else read, at a path. */
    private String[] kind(String path, String what) {
        for (String method : List.of("POST", "PUT", "GET")) {
            for (String candidate : List.of(path, path + "/{name}")) {
                for (Operation operation : operations) {
                    String body = operation.bodyClass().isEmpty() || method.equals("GET") ? operation.resultClass() : operation.bodyClass();
                    if (operation.path().equals(candidate) && operation.method().equals(method) && !body.isEmpty() && !body.equals("String")) {
                        return groupVersionKind.apply(body);
                    }
                }
            }
        }
        throw new IllegalStateException("No kind for " + what + " at " + path);
    }

    private Set<String> verbs(String collection) {
        Set<String> verbs = new TreeSet<>();
        for (Operation operation : operations) {
            if (operation.path().equals(collection)) {
                switch (operation.method()) {
                    case "GET" -> {
                        verbs.add("list");
                        if (operation.queryParameters().contains("watch")) {
                            verbs.add("watch");
                        }
                    }
                    case "POST" -> verbs.add("create");
                    case "DELETE" -> verbs.add("deletecollection");
                    default -> throw new IllegalStateException("unexpected operation " + operation);
                }
            }
        }
        verbs.addAll(subresourceVerbs(collection + "/{name}"));
        return verbs;
    }

    private Set<String> subresourceVerbs(String path) {
        Set<String> verbs = new TreeSet<>();
        for (Operation operation : operations) {
            if (operation.path().equals(path)) {
                verbs.add(switch (operation.method()) {
                    case "GET" -> "get";
                    case "POST" -> "create";
                    case "PUT" -> "update";
                    case "PATCH" -> "patch";
                    case "DELETE" -> "delete";
                    default -> throw new IllegalStateException("unexpected operation " + operation);
                });
            }
        }
        return verbs;
    }

    private static void strings(ObjectNode node, String name, Iterable<String> values) {
        ArrayNode array = node.putArray(name);
        values.forEach(array::add);
    }
}
