package io.jakube.controller.pods;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Short names for contents: FNV-1a over canonical JSON, written with letters that form no words. */
public final class TemplateHash {
    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private TemplateHash() {}

    /**
     * @param content a model object or tree
     * @param collisions how many names were found taken before; each gives another name
     */
    public static String of(Object content, @Nullable Integer collisions) {
        try {
            JsonNode tree = CANONICAL.valueToTree(content);
            int hash = 0x811c9dc5;
            for (byte b : CANONICAL.writeValueAsBytes(CANONICAL.treeToValue(tree, Object.class))) {
                hash = (hash ^ (b & 0xff)) * 0x01000193;
            }
            if (collisions != null) {
                for (byte b : collisions.toString().getBytes(StandardCharsets.US_ASCII)) {
                    hash = (hash ^ (b & 0xff)) * 0x01000193;
                }
            }
            return encode(Integer.toUnsignedString(hash));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String encode(String digits) {
        StringBuilder text = new StringBuilder();
        for (char c : digits.toCharArray()) {
            text.append(ALPHABET.charAt(c % ALPHABET.length()));
        }
        return text.toString();
    }
}
