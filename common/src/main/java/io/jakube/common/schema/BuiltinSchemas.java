package io.jakube.common.schema;

import static java.util.Objects.requireNonNull;

import io.jakube.common.api.GroupVersionKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Schemas of Kubernetes' own types, read from the resource the schema generator wrote. The resource is held as text and a definition
 * is parsed when it is first used, so starting costs one decompression and a scan. Thread-safe.
 */
public final class BuiltinSchemas implements SchemaRegistry {
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    /** Types that every group version has. */
    private static final Set<String> COMMON_KINDS = Set.of("DeleteOptions", "WatchEvent");

    private final DefinitionText definitions;
    private final Descriptions descriptions = new Descriptions();
    private final Map<GroupVersionKind, String> kinds = new HashMap<>();
    private final Map<String, Definition> parsed = new ConcurrentHashMap<>();

    private BuiltinSchemas(DefinitionText definitions) {
        this.definitions = definitions;
        definitions.kinds().forEach(kinds::put);
    }

    /** Loads the resource; takes some milliseconds. Callers share one instance. */
    public static BuiltinSchemas load() {
        return new BuiltinSchemas(DefinitionText.load("/io/jakube/schema/definitions.ndjson.gz"));
    }

    @Override
    public Optional<Schema> find(GroupVersionKind gvk) {
        requireNonNull(gvk, "gvk is null");
        String name = kinds.get(gvk);
        if (name == null && COMMON_KINDS.contains(gvk.kind())) {
            name = META + gvk.kind();
        }
        return name == null ? Optional.empty() : Optional.of(definition(name).schema());
    }

    /** The type of a definition such as {@code io.k8s.api.core.v1.Container}. */
    public Optional<Schema> findDefinition(String typeName) {
        return definitions.contains(typeName) ? Optional.of(definition(typeName).schema()) : Optional.empty();
    }

    /** Types that are objects of the API with their definition names. */
    public Map<GroupVersionKind, String> kinds() {
        return Map.copyOf(kinds);
    }

    /** All definition names, in alphabetical order. */
    public List<String> definitionNames() {
        return List.copyOf(new TreeSet<>(definitions.names()));
    }

    /** Changes whenever a definition does. */
    public String fingerprint() {
        return definitions.fingerprint();
    }

    Definition definition(String typeName) {
        Definition known = parsed.get(typeName);
        return known != null ? known : parsed.computeIfAbsent(typeName, name -> Definition.parse(this, name, definitions.line(name)));
    }

    Descriptions descriptions() {
        return descriptions;
    }
}
