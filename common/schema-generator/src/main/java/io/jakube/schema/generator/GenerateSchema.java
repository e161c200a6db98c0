package io.jakube.schema.generator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import io.jakube.schema.generator.ApiReader.Operation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Writes the schema resource: {@code definitions.ndjson.gz} (one definition a line, its name {@code n} and kind {@code g} first, so that a reader can index it
 * without parsing), {@code descriptions.ndjson.gz} (documentation, which only OpenAPI needs) and {@code resources.json} (what is served).
 */
public final class GenerateSchema {
    private static final Set<String> META_KINDS = Set.of("APIGroup", "APIGroupList", "APIResourceList", "APIVersions", "DeleteOptions", "Status", "WatchEvent");

    private GenerateSchema() {}

    /** Arguments: the overlay's directory, the directory of class files to write below. Does nothing where nothing changed since the last run. */
    public static void main(String[] arguments) throws Exception {
        Path overlayDirectory = Path.of(arguments[0]);
        Path output = Path.of(arguments[1], "io/jakube/schema");
        Path apiJar = jarOf(Class.forName("io.kubernetes.client.openapi.models.V1Pod", false, GenerateSchema.class.getClassLoader()));
        Path protoJar = jarOf(Class.forName("io.kubernetes.client.proto.V1", false, GenerateSchema.class.getClassLoader()));
        Path marker = Path.of(arguments[1]).resolveSibling("schema.inputs");
        String inputs = Fingerprint.of(List.of(overlayDirectory, jarOf(GenerateSchema.class).resolve("io/jakube/schema/generator"), apiJar, protoJar));
        if (Files.exists(marker) && Files.readString(marker).equals(inputs) && Files.exists(output.resolve("resources.json"))) {
            return;
        }
        Files.createDirectories(output);
        generate(overlayDirectory, apiJar, protoJar, output);
        Files.writeString(marker, inputs);
    }

    static void generate(Path overlayDirectory, Path apiJar, Path protoJar, Path output) throws IOException {
        Map<String, ModelClass> models = ModelReader.read(apiJar);
        Map<String, Descriptor> messages = ProtoReader.read(protoJar);
        Overlay overlay = Overlay.read(overlayDirectory);
        Map<String, String> names = DefinitionNames.find(models, messages, overlay.classDefinitions());
        List<Operation> operations = ApiReader.read(apiJar);
        Map<String, String> groups = groups(operations);

        DefinitionBuilder builder = new DefinitionBuilder(names, messages);
        Map<String, ObjectNode> definitions = new TreeMap<>(overlay.specialTypes());
        Map<String, ObjectNode> descriptions = new TreeMap<>();
        names.forEach((className, name) -> {
            ModelClass model = models.get(className);
            ObjectNode definition = builder.build(model);
            String[] gvk = groupVersionKind(name, groups);
            if (isObject(definition, name)) {
                definition.putArray("g").add(gvk[0]).add(gvk[1]).add(gvk[2]);
            }
            definitions.put(name, definition);
            descriptions.put(name, descriptions(model));
        });
        overlay.apply(definitions);

        write(output.resolve("definitions.ndjson.gz"), definitions);
        write(output.resolve("descriptions.ndjson.gz"), descriptions);
        ResourceTable resources = new ResourceTable(operations, className -> groupVersionKind(names.get(className), groups));
        Files.write(output.resolve("resources.json"), new ObjectMapper().writeValueAsBytes(resources.build(overlayDirectory.resolve("resources.txt"))));
    }

    private static boolean isObject(ObjectNode definition, String name) {
        ObjectNode fields = (ObjectNode) definition.get("p");
        return fields.has("apiVersion") && fields.has("kind") && (fields.has("metadata") || META_KINDS.contains(name.substring(name.lastIndexOf('.') + 1)));
    }

    private static ObjectNode descriptions(ModelClass model) {
        ObjectNode node = new ObjectMapper().createObjectNode().put("d", model.description());
        ObjectNode fields = node.putObject("p");
        new TreeMap<>(Map.copyOf(model.fields().stream().collect(java.util.stream.Collectors.toMap(ModelClass.Field::name, ModelClass.Field::description))))
                .forEach((name, text) -> {
                    if (!text.isEmpty()) {
                        fields.put(name, text);
                    }
                });
        return node;
    }

    /** Full group name by the label definitions use, {@code rbac} to {@code rbac.authorization.k8s.io}. */
    private static Map<String, String> groups(List<Operation> operations) {
        Map<String, String> groups = new TreeMap<>(Map.of("core", "", "meta", ""));
        for (Operation operation : operations) {
            String[] segments = operation.path().split("/");
            if (operation.path().startsWith("/apis/") && segments.length > 3) {
                groups.put(segments[2].split("\\.")[0], segments[2]);
            }
        }
        return groups;
    }

    private static String[] groupVersionKind(String definition, Map<String, String> groups) {
        String[] parts = definition.split("\\.");
        return new String[] {groups.getOrDefault(parts[parts.length - 3], parts[parts.length - 3] + ".k8s.io"), parts[parts.length - 2], parts[parts.length - 1]};
    }

    private static void write(Path file, Map<String, ObjectNode> lines) throws IOException {
        ObjectMapper mapper = new ObjectMapper().configure(JsonGenerator.Feature.AUTO_CLOSE_TARGET, false);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, ObjectNode> line : lines.entrySet()) {
                ObjectNode named = mapper.createObjectNode().put("n", line.getKey());
                // Right behind the name, where a reader finds it without parsing.
                if (line.getValue().has("g")) {
                    named.set("g", line.getValue().remove("g"));
                }
                named.setAll(line.getValue());
                out.write(mapper.writeValueAsBytes(named));
                out.write('\n');
            }
        }
    }

    private static Path jarOf(Class<?> type) throws java.net.URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
