package io.jakube.common.informer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts objects out of list and watch bodies as bytes, without building trees: the informer decodes each once. */
final class ObjectSlices {
    /** @param continueToken empty on the last page */
    record ListPage(List<InformerSource.Item> items, long resourceVersion, String continueToken) {}

    /** @param type as the server sent it, {@code BOOKMARK} and {@code ERROR} included */
    record WatchEvent(String type, InformerSource.Item item) {}

    private ObjectSlices() {}

    static ListPage list(byte[] body) throws IOException {
        List<InformerSource.Item> items = new ArrayList<>();
        long revision = 0;
        String next = "";
        try (JsonParser parser = Json.mapper().getFactory().createParser(body)) {
            expect(parser.nextToken(), JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("metadata") && value == JsonToken.START_OBJECT) {
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        String name = parser.currentName();
                        parser.nextToken();
                        if (name.equals("resourceVersion")) {
                            revision = parseRevision(parser.getText());
                        } else if (name.equals("continue")) {
                            next = parser.getText();
                        } else {
                            parser.skipChildren();
                        }
                    }
                } else if (field.equals("items") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        items.add(item(slice(parser, body)));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }
        return new ListPage(items, revision, next);
    }

    static WatchEvent watchEvent(byte[] line) throws IOException {
        String type = "";
        byte[] object = {};
        try (JsonParser parser = Json.mapper().getFactory().createParser(line)) {
            expect(parser.nextToken(), JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("type")) {
                    type = parser.getText();
                } else if (field.equals("object") && value == JsonToken.START_OBJECT) {
                    object = slice(parser, line);
                } else {
                    parser.skipChildren();
                }
            }
        }
        if (object.length == 0) {
            throw new IOException("a watch event has no object");
        }
        return new WatchEvent(type, item(object));
    }

    /** The code of a {@code Status}; 500 if it has none. */
    static int errorCode(byte[] status) {
        return Json.readObject(status).path("code").asInt(500);
    }

    private static byte[] slice(JsonParser parser, byte[] body) throws IOException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        return Arrays.copyOfRange(body, start, (int) parser.currentLocation().getByteOffset());
    }

    private static InformerSource.Item item(byte[] json) throws IOException {
        try (JsonParser parser = Json.mapper().getFactory().createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean metadata = parser.currentName().equals("metadata");
                if (parser.nextToken() == JsonToken.START_OBJECT && metadata) {
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        boolean version = parser.currentName().equals("resourceVersion");
                        parser.nextToken();
                        if (version) {
                            return new InformerSource.Item(parseRevision(parser.getText()), json);
                        }
                        parser.skipChildren();
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }
        return new InformerSource.Item(0, json);
    }

    private static long parseRevision(String text) throws IOException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IOException("resourceVersion \"" + text + "\" is not a number", e);
        }
    }

    private static void expect(JsonToken actual, JsonToken expected) throws IOException {
        if (actual != expected) {
            throw new IOException("expected " + expected + " but got " + actual);
        }
    }
}
