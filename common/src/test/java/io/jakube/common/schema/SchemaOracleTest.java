package io.jakube.common.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Compares every definition, served or not, with Kubernetes' own OpenAPI document: fields, types, required fields. */
@EnabledIf(value = "io.jakube.common.schema.Oracles#present", disabledReason = "the oracle directory is not there")
class SchemaOracleTest {
    private static final BuiltinSchemas SCHEMAS = BuiltinSchemas.load();
    private static JsonNode theirs;

    @BeforeAll
    static void read() throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(Oracles.directory().resolve("kubernetes-1.36-openapi-v2.json.gz")))) {
            theirs = Json.mapper().readTree(in).get("definitions");
        }
    }

    @Test
    void everyGenerallyAvailableTypeIsThere() {
        List<String> missing = new ArrayList<>();
        theirs.fieldNames().forEachRemaining(name -> {
            boolean answeredOnly = name.endsWith(".meta.v1.Patch") || name.endsWith(".version.Info") || name.endsWith(".CustomResourceSubresourceStatus");
            if (!name.matches(".*\\.v\\d+(alpha|beta)\\d+\\..*") && !answeredOnly && SCHEMAS.findDefinition(name).isEmpty()) {
                missing.add(name);
            }
        });
        assertThat(missing).isEmpty();
    }

    @Test
    void fieldsTypesAndRequirementsAreTheSame() {
        List<String> differences = new ArrayList<>();
        for (String name : SCHEMAS.definitionNames()) {
            JsonNode expected = theirs.get(name);
            if (expected == null) {
                continue;
            }
            Schema schema = SCHEMAS.findDefinition(name).orElseThrow();
            TreeSet<String> fields = new TreeSet<>();
            expected.path("properties").fieldNames().forEachRemaining(fields::add);
            TreeSet<String> required = new TreeSet<>();
            expected.path("required").forEach(r -> required.add(r.asText()));
            if (!new TreeSet<>(schema.properties().keySet()).equals(fields)) {
                differences.add(name + " has " + schema.properties().keySet() + ", expected " + fields);
            }
            if (!new TreeSet<>(schema.required()).equals(required)) {
                differences.add(name + " requires " + schema.required() + ", expected " + required);
            }
            for (Map.Entry<String, Schema> property : schema.properties().entrySet()) {
                String ours = words(property.getValue());
                String wanted = words(expected.path("properties").path(property.getKey()));
                boolean emptyType = wanted.endsWith(".CustomResourceSubresourceStatus");
                if (!ours.equals(wanted) && !emptyType) {
                    differences.add(name + "." + property.getKey() + " is " + ours + ", expected " + wanted);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void mergingIsAsTheListOfFactsSays() throws IOException {
        List<String> differences = new ArrayList<>();
        for (String line : Files.readAllLines(Oracles.directory().resolve("merge-facts-1.36.txt"))) {
            String[] words = line.split(" ");
            int field = words[0].matches(".*\\.[A-Z][^.]*\\.[^.]+") ? words[0].lastIndexOf('.') : -1;
            Schema schema = field < 0
                    ? SCHEMAS.findDefinition(words[0]).orElseThrow()
                    : SCHEMAS.findDefinition(words[0].substring(0, field)).orElseThrow().properties().get(words[0].substring(field + 1));
            for (int i = 1; i < words.length; i++) {
                String[] fact = words[i].split(":", -1);
                boolean right = switch (fact[0]) {
                    case "@atomic", "atomic" -> schema.atomic();
                    case "granular" -> !schema.atomic();
                    case "set" -> schema.listType() == Schema.ListType.SET;
                    case "map" -> schema.listType() == Schema.ListType.MAP && schema.listMapKeys().equals(List.of(fact[1].split(",")));
                    case "smp" -> schema.patchStrategies().equals(java.util.Set.of(fact[1].split(","))) && (fact[2].isEmpty() ? schema.patchMergeKey() == null : fact[2].equals(schema.patchMergeKey()));
                    default -> false;
                };
                if (!right) {
                    differences.add(words[0] + " " + words[i]);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static String words(Schema schema) {
        if (schema.typeName() != null) {
            return schema.typeName();
        }
        return switch (schema.type()) {
            case ARRAY -> "[]" + words(schema.items());
            case MAP -> "{}" + words(schema.items());
            default -> schema.type().name().toLowerCase(java.util.Locale.ROOT) + " " + schema.format();
        };
    }

    private static String words(JsonNode schema) {
        if (schema.has("$ref")) {
            String reference = schema.get("$ref").asText();
            return reference.substring(reference.lastIndexOf('/') + 1);
        }
        if (schema.has("items")) {
            return "[]" + words(schema.get("items"));
        }
        return schema.has("additionalProperties") ? "{}" + words(schema.get("additionalProperties")) : schema.path("type").asText() + " " + schema.path("format").asText();
    }
}
