package io.jakube.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A type of the schema resource, or a field's use of one; a reference is followed when asked, so recursion costs nothing. */
final class BuiltinSchema implements Schema {
    private final BuiltinSchemas registry;
    private final @Nullable String reference;
    private final @Nullable String typeName;
    private final @Nullable String owner;
    private final String fieldName;
    private final Type type;
    private final String format;
    private final Map<String, Schema> properties;
    private final Set<String> required;
    private final @Nullable BuiltinSchema items;
    private final ListType listType;
    private final List<String> listMapKeys;
    private final String mapType;
    private final Set<String> patchStrategies;
    private final @Nullable String patchMergeKey;
    private final @Nullable JsonNode defaultValue;
    private final boolean keepsZero;
    private final boolean alwaysPresent;

    private BuiltinSchema(Builder builder) {
        this.registry = builder.registry;
        this.reference = builder.reference;
        this.typeName = builder.typeName;
        this.owner = builder.owner;
        this.fieldName = builder.fieldName;
        this.type = builder.type;
        this.format = builder.format;
        this.properties = builder.properties;
        this.required = builder.required;
        this.items = builder.items;
        this.listType = builder.listType;
        this.listMapKeys = builder.listMapKeys;
        this.mapType = builder.mapType;
        this.patchStrategies = builder.patchStrategies;
        this.patchMergeKey = builder.patchMergeKey;
        this.defaultValue = builder.defaultValue;
        this.keepsZero = builder.keepsZero;
        this.alwaysPresent = builder.alwaysPresent;
    }

    private @Nullable BuiltinSchema referenced() {
        return reference == null ? null : registry.definition(reference).schema();
    }

    @Override
    public Type type() {
        BuiltinSchema target = referenced();
        return target == null ? type : target.type;
    }

    @Override
    public String format() {
        BuiltinSchema target = referenced();
        return target == null ? format : target.format;
    }

    @Override
    public @Nullable String typeName() {
        return reference == null ? typeName : reference;
    }

    @Override
    public String description() {
        if (owner != null) {
            String own = registry.descriptions().ofField(owner, fieldName);
            if (!own.isEmpty()) {
                return own;
            }
        }
        String name = typeName();
        return name == null ? "" : registry.descriptions().ofType(name);
    }

    @Override
    public Map<String, Schema> properties() {
        BuiltinSchema target = referenced();
        return target == null ? properties : target.properties;
    }

    @Override
    public Set<String> required() {
        BuiltinSchema target = referenced();
        return target == null ? required : target.required;
    }

    @Override
    public @Nullable Schema items() {
        return items;
    }

    @Override
    public ListType listType() {
        return listType;
    }

    @Override
    public List<String> listMapKeys() {
        return listMapKeys;
    }

    @Override
    public boolean atomic() {
        if (mapType.isEmpty()) {
            BuiltinSchema target = referenced();
            return target != null && target.mapType.equals("atomic");
        }
        return mapType.equals("atomic");
    }

    /** What this use of the type says itself of merging: {@code atomic}, {@code granular} or nothing. */
    String mapType() {
        return mapType;
    }

    @Override
    public Set<String> patchStrategies() {
        return patchStrategies;
    }

    @Override
    public @Nullable String patchMergeKey() {
        return patchMergeKey;
    }

    @Override
    public @Nullable JsonNode defaultValue() {
        return defaultValue;
    }

    @Override
    public boolean preserveUnknownFields() {
        return false;
    }

    @Override
    public boolean embeddedResource() {
        return false;
    }

    @Override
    public boolean keepsZero() {
        return keepsZero;
    }

    @Override
    public boolean alwaysPresent() {
        return alwaysPresent;
    }

    @Override
    public String toString() {
        return owner == null ? String.valueOf(typeName()) : owner + "." + fieldName;
    }

    /** Collects what a schema is made of. */
    static final class Builder {
        private final BuiltinSchemas registry;
        @Nullable String reference;
        @Nullable String typeName;
        @Nullable String owner;
        String fieldName = "";
        Type type = Type.ANY;
        String format = "";
        Map<String, Schema> properties = Map.of();
        Set<String> required = Set.of();
        @Nullable BuiltinSchema items;
        ListType listType = ListType.ATOMIC;
        List<String> listMapKeys = List.of();
        String mapType = "";
        Set<String> patchStrategies = Set.of();
        @Nullable String patchMergeKey;
        @Nullable JsonNode defaultValue;
        boolean keepsZero;
        boolean alwaysPresent;

        Builder(BuiltinSchemas registry) {
            this.registry = registry;
        }

        BuiltinSchema build() {
            return new BuiltinSchema(this);
        }
    }
}
