package io.jakube.apiserver.storage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns stored bytes into a {@link StoredObject} in one streaming pass: splices the resourceVersion in and picks labels and selectable
 * fields, without building a tree. Thread-safe.
 */
public final class ObjectScanner {
    /** Selectable fields that are numbers or booleans upstream, with the value an absent one has. */
    private static final Map<String, String> ABSENT = Map.of(
            "spec.hostNetwork", "false", "spec.unschedulable", "false", "status.replicas", "0", "status.successful", "0");
    /** Selectable fields that are not where their name says: an event's source means its component. */
    private static final Map<String, String> PLACES = Map.of("source", "source.component", "status.successful", "status.succeeded");
    private static final JsonFactory FACTORY = Json.mapper().getFactory();

    private final Node root = new Node();
    private final Map<String, String> absent = new HashMap<>();

    public ObjectScanner(ResourceDefinition definition) {
        this(definition.selectableFields());
    }

    /** @param selectableFields beyond {@code metadata.name} and {@code metadata.namespace} */
    public ObjectScanner(Set<String> selectableFields) {
        for (String path : selectableFields) {
            if (path.startsWith("metadata.")) {
                continue;
            }
            absent.put(path, ABSENT.getOrDefault(path, ""));
            Node node = root;
            for (String part : PLACES.getOrDefault(path, path).split("\\.")) {
                node = node.children.computeIfAbsent(part, p -> new Node());
            }
            node.field = path;
        }
    }

    private static final class Node {
        private final Map<String, Node> children = new TreeMap<>();
        private @Nullable String field;
    }

    /**
     * @param stored JSON without resourceVersion
     * @param revision what to splice in; 0 splices nothing, for an object that is not stored
     * @throws UncheckedIOException if it is not a JSON object with a metadata object
     */
    public StoredObject scan(byte[] stored, long revision) {
        Map<String, String> labels = new HashMap<>();
        Map<String, String> fields = new HashMap<>(absent);
        String[] identity = {"", ""};
        int metadata = -1;
        boolean emptyMetadata = false;
        try (JsonParser parser = FACTORY.createParser(stored)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("metadata") && value == JsonToken.START_OBJECT) {
                    metadata = (int) parser.currentTokenLocation().getByteOffset() + 1;
                    emptyMetadata = scanMetadata(parser, labels, identity);
                } else {
                    pick(parser, root.children.get(field), fields);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (metadata < 0) {
            throw new UncheckedIOException(new IOException("stored object has no metadata"));
        }
        fields.put("metadata.name", identity[0]);
        fields.put("metadata.namespace", identity[1]);
        if (revision == 0) {
            return new StoredObject(identity[1], identity[0], 0, stored, metadata, metadata, labels, fields);
        }
        byte[] splice = ("\"resourceVersion\":\"" + revision + (emptyMetadata ? "\"" : "\",")).getBytes(StandardCharsets.ISO_8859_1);
        byte[] json = new byte[stored.length + splice.length];
        System.arraycopy(stored, 0, json, 0, metadata);
        System.arraycopy(splice, 0, json, metadata, splice.length);
        System.arraycopy(stored, metadata, json, metadata + splice.length, stored.length - metadata);
        int start = metadata + "\"resourceVersion\":\"".length();
        int end = metadata + splice.length - (emptyMetadata ? 1 : 2);
        return new StoredObject(identity[1], identity[0], revision, json, start, end, labels.isEmpty() ? Map.of() : labels, fields);
    }

    private static boolean scanMetadata(JsonParser parser, Map<String, String> labels, String[] identity) throws IOException {
        boolean empty = true;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            empty = false;
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("name")) {
                identity[0] = parser.getText();
            } else if (field.equals("namespace")) {
                identity[1] = parser.getText();
            } else if (field.equals("labels") && value == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String key = parser.currentName();
                    parser.nextToken();
                    labels.put(key, parser.getText());
                }
            } else {
                parser.skipChildren();
            }
        }
        return empty;
    }

    private static void pick(JsonParser parser, @Nullable Node node, Map<String, String> fields) throws IOException {
        JsonToken token = parser.currentToken();
        if (node == null || token == JsonToken.START_ARRAY) {
            parser.skipChildren();
        } else if (token == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                Node child = node.children.get(parser.currentName());
                parser.nextToken();
                pick(parser, child, fields);
            }
        } else if (node.field != null && token != JsonToken.VALUE_NULL) {
            fields.put(node.field, parser.getText());
        }
    }
}
