package io.jakube.db.informer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Objects as they are stored: canonical JSON without {@code metadata.resourceVersion}. */
final class StoredJson {
    private static final JsonFactory FACTORY = Json.mapper().getFactory();

    private StoredJson() {}

    /**
     * Splices the resourceVersion in; reads no further than to the beginning of {@code metadata}.
     *
     * @throws UncheckedIOException where it is not a JSON object with metadata
     */
    static byte[] withResourceVersion(byte[] stored, long revision) {
        try (JsonParser parser = FACTORY.createParser(stored)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean metadata = parser.currentName().equals("metadata");
                    if (parser.nextToken() == JsonToken.START_OBJECT && metadata) {
                        int at = (int) parser.currentTokenLocation().getByteOffset() + 1;
                        boolean empty = parser.nextToken() == JsonToken.END_OBJECT;
                        return splice(stored, at, "\"resourceVersion\":\"" + revision + (empty ? "\"" : "\","));
                    }
                    parser.skipChildren();
                }
            }
            throw new IOException("not an object with metadata");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] splice(byte[] stored, int at, String text) {
        byte[] inserted = text.getBytes(StandardCharsets.US_ASCII);
        byte[] json = new byte[stored.length + inserted.length];
        System.arraycopy(stored, 0, json, 0, at);
        System.arraycopy(inserted, 0, json, at, inserted.length);
        System.arraycopy(stored, at, json, at + inserted.length, stored.length - at);
        return json;
    }
}
