package io.jakube.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one type, or of one field's use of a type: the single source of pruning, strict validation,
 * structural defaults, patches, apply, OpenAPI and protobuf conversion. Built-in types and custom resources alike.
 *
 * <p>Immutable and safe for use by many threads. Schemas may be recursive (JSONSchemaProps), so walk them along data only.
 */
public interface Schema {
    /** Shape of the JSON value. */
    enum Type {
        /** An object with declared {@link #properties}. */
        OBJECT,
        /** An object with arbitrary keys, whose values have the schema {@link #items}. */
        MAP,
        ARRAY,
        STRING,
        INTEGER,
        NUMBER,
        BOOLEAN,
        /** IntOrString. */
        INT_OR_STRING,
        /** Quantity: written as a string, a number is accepted. */
        QUANTITY,
        /** Any JSON value (RawExtension, JSON, FieldsV1). */
        ANY
    }

    /** How two versions of a list merge (KEP-555, {@code x-kubernetes-list-type}). */
    enum ListType {
        ATOMIC,
        SET,
        MAP
    }

    Type type();

    /** OpenAPI format: {@code int32}, {@code int64}, {@code double}, {@code byte}, {@code date-time}, or empty. Time and MicroTime differ by {@link #typeName}. */
    String format();

    /** OpenAPI definition name such as {@code io.k8s.api.core.v1.Container}; null where the type is anonymous. */
    @Nullable String typeName();

    /** Documentation, of the field if it has its own, else of the type; may be empty. */
    String description();

    /** Declared fields of an {@link Type#OBJECT}, in alphabetical order; empty for other types. */
    Map<String, Schema> properties();

    /** Names of the required fields. */
    Set<String> required();

    /** Element schema of an {@link Type#ARRAY}, value schema of a {@link Type#MAP}; null for others. */
    @Nullable Schema items();

    /** For arrays; {@link ListType#ATOMIC} for everything else. */
    ListType listType();

    /** Keys of a {@link ListType#MAP} list, in declared order. */
    List<String> listMapKeys();

    /** Whether an object or map is replaced as a whole by apply ({@code x-kubernetes-map-type: atomic}). */
    boolean atomic();

    /** Strategic-merge strategies of the field: of {@code merge}, {@code replace}, {@code retainKeys}. */
    Set<String> patchStrategies();

    /** Strategic-merge key of a list of objects; null where the list is replaced, or holds scalars. */
    @Nullable String patchMergeKey();

    /** Schema default; null for none. */
    @Nullable JsonNode defaultValue();

    /** Whether fields outside {@link #properties} are kept. */
    boolean preserveUnknownFields();

    /**
     * Whether a zero value (false, 0, "", empty list or map) differs from absence. Where it does not, canonical objects leave zero values out,
     * as every answer of a Kubernetes API server does; required fields are always written.
     */
    default boolean keepsZero() {
        return true;
    }

    /** Whether canonical objects always have this nested object, {@code {}} if nothing is in it. */
    default boolean alwaysPresent() {
        return false;
    }

    /** Whether the value is a whole API object of its own ({@code apiVersion}, {@code kind}, {@code metadata}). */
    boolean embeddedResource();
}
