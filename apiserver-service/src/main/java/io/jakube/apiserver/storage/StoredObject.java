package io.jakube.apiserver.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An object at a revision: its encoded form, ready to be sent, and the little of it that lists and watches decide by. Immutable;
 * the byte array is shared and must not be modified.
 */
public final class StoredObject {
    private final String namespace;
    private final String name;
    private final long revision;
    private final byte[] json;
    private final int versionStart;
    private final int versionEnd;
    private final Map<String, String> labels;
    private final Map<String, String> fields;

    /**
     * @param json canonical JSON with {@code metadata.resourceVersion}
     * @param versionStart offset of the first digit of the resourceVersion
     * @param versionEnd offset behind its last digit
     * @param fields values of {@code metadata.name}, {@code metadata.namespace} and the type's selectable fields
     */
    StoredObject(String namespace, String name, long revision, byte[] json, int versionStart, int versionEnd, Map<String, String> labels, Map<String, String> fields) {
        this.namespace = namespace;
        this.name = name;
        this.revision = revision;
        this.json = json;
        this.versionStart = versionStart;
        this.versionEnd = versionEnd;
        this.labels = labels;
        this.fields = fields;
    }

    /** Empty for cluster-scoped objects. */
    public String namespace() {
        return namespace;
    }

    public String name() {
        return name;
    }

    /** Order within the resource. */
    public String path() {
        return ObjectKeys.path(namespace, name);
    }

    public long revision() {
        return revision;
    }

    /** Canonical JSON, resourceVersion included. */
    public byte[] json() {
        return json;
    }

    public Map<String, String> labels() {
        return labels;
    }

    public Map<String, String> fields() {
        return fields;
    }

    /** A selectable field's value; empty if the type has no such field. */
    public String field(String path) {
        return fields.getOrDefault(path, "");
    }

    /** A tree of the caller's own. */
    public ObjectNode toTree() {
        return Json.readObject(json);
    }

    /** The same object carrying another resourceVersion, as the DELETED event of a watch needs. */
    public StoredObject withRevision(long newRevision) {
        byte[] digits = Long.toString(newRevision).getBytes(StandardCharsets.ISO_8859_1);
        byte[] changed = new byte[json.length - (versionEnd - versionStart) + digits.length];
        System.arraycopy(json, 0, changed, 0, versionStart);
        System.arraycopy(digits, 0, changed, versionStart, digits.length);
        System.arraycopy(json, versionEnd, changed, versionStart + digits.length, json.length - versionEnd);
        return new StoredObject(namespace, name, newRevision, changed, versionStart, versionStart + digits.length, labels, fields);
    }
}
