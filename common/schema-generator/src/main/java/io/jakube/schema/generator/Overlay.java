package io.jakube.schema.generator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The facts written by hand: {@code types.txt}, {@code merge.txt} and {@code presence.txt}. Naming a type or field that does not exist is an error. */
final class Overlay {
    /** Short forms of the packages definitions live in, by group label. */
    private static final Map<String, String> PACKAGES = Map.of(
            "meta", "io.k8s.apimachinery.pkg.apis.meta.",
            "apiextensions", "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.",
            "apiregistration", "io.k8s.kube-aggregator.pkg.apis.apiregistration.");
    private static final Pattern CALL = Pattern.compile("([a-zA-Z]+)(?:\\(([^)]*)\\))?");

    private final Path directory;
    private final Map<String, String> classDefinitions = new HashMap<>();
    private final Map<String, ObjectNode> specialTypes = new LinkedHashMap<>();
    private final Map<String, String> defaults = new LinkedHashMap<>();

    private Overlay(Path directory) {
        this.directory = directory;
    }

    static Overlay read(Path directory) throws IOException {
        Overlay overlay = new Overlay(directory);
        for (String line : lines(directory.resolve("types.txt"))) {
            String[] words = line.split("\\s+", 3);
            switch (words[0]) {
                case "special" -> {
                    String[] type = words[2].split("\\s+");
                    ObjectNode node = new ObjectMapper().createObjectNode().put("t", type[0]);
                    if (type.length > 1) {
                        node.put("f", type[1]);
                    }
                    overlay.specialTypes.put(words[1], node);
                }
                case "default" -> overlay.defaults.put(words[1], words[2]);
                default -> overlay.classDefinitions.put(words[0], words[2]);
            }
        }
        return overlay;
    }

    Map<String, String> classDefinitions() {
        return classDefinitions;
    }

    Map<String, ObjectNode> specialTypes() {
        return specialTypes;
    }

    /** Adds the facts to the definitions. */
    void apply(Map<String, ObjectNode> definitions) throws IOException {
        for (String line : lines(directory.resolve("merge.txt"))) {
            String[] words = line.split("\\s+", 2);
            ObjectNode target = find(definitions, words[0], line);
            Matcher call = CALL.matcher(words[1]);
            while (call.find()) {
                merge(target, call.group(1), call.group(2), line);
            }
        }
        for (String line : lines(directory.resolve("presence.txt"))) {
            String[] words = line.split("\\s+", 2);
            Matcher call = CALL.matcher(words[1]);
            while (call.find()) {
                String flag = switch (call.group(1)) {
                    case "keep" -> "z";
                    case "always" -> "a";
                    default -> throw new IllegalStateException("presence.txt: unknown fact in: " + line);
                };
                for (String field : call.group(2).split(",\\s*")) {
                    find(definitions, words[0] + "." + field, line).put(flag, true);
                }
            }
        }
        for (Map.Entry<String, String> entry : defaults.entrySet()) {
            find(definitions, entry.getKey(), "default " + entry.getKey()).set("d", new ObjectMapper().readTree(entry.getValue()));
        }
    }

    private static void merge(ObjectNode target, String fact, String arguments, String line) {
        switch (fact) {
            case "atomic" -> target.put("m", "atomic");
            case "granular" -> target.put("m", "granular");
            case "set" -> target.put("l", "set");
            case "map" -> {
                target.put("l", "map");
                for (String key : arguments.split(",\\s*")) {
                    target.withArray("k").add(key);
                }
            }
            case "merge" -> {
                target.withArray("ps").add("merge");
                if (!arguments.isEmpty()) {
                    target.put("pk", arguments);
                }
            }
            case "retainKeys", "replace" -> target.withArray("ps").add(fact);
            default -> throw new IllegalStateException("merge.txt: unknown fact in: " + line);
        }
    }

    /** The node of {@code group.version.Type} or {@code group.version.Type.field}. */
    private static ObjectNode find(Map<String, ObjectNode> definitions, String path, String line) {
        String[] parts = path.split("\\.", 4);
        ObjectNode definition = definitions.get(PACKAGES.getOrDefault(parts[0], "io.k8s.api." + parts[0] + ".") + parts[1] + "." + parts[2]);
        if (definition != null && parts.length == 4) {
            definition = (ObjectNode) definition.path("p").get(parts[3]);
        }
        if (definition == null) {
            throw new IllegalStateException("The overlay names " + path + ", which does not exist: " + line);
        }
        return definition;
    }

    static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(String::strip).filter(l -> !l.isEmpty() && !l.startsWith("#")).toList();
    }
}
