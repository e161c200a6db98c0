package io.jakube.common.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;

/** A resource of one JSON object a line, whose first field {@code n} is its name: indexed without parsing. Immutable. */
final class DefinitionText {
    private static final byte[] KIND = "\",\"g\":[".getBytes(StandardCharsets.US_ASCII);
    private static final int NAME_START = "{\"n\":\"".length();

    private final byte[] text;
    /** Offset of the line in the upper half, its length in the lower. */
    private final Map<String, Long> lines = new HashMap<>();

    private DefinitionText(byte[] text) {
        this.text = text;
        int start = 0;
        while (start < text.length) {
            int end = indexOf((byte) '\n', start);
            int nameEnd = indexOf((byte) '"', start + NAME_START);
            lines.put(new String(text, start + NAME_START, nameEnd - start - NAME_START, StandardCharsets.US_ASCII), (long) start << 32 | end - start);
            start = end + 1;
        }
    }

    static DefinitionText load(String resource) {
        try (InputStream in = DefinitionText.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("The schema resource " + resource + " is not on the class path");
            }
            try (GZIPInputStream unzipped = new GZIPInputStream(in, 1 << 14)) {
                return new DefinitionText(unzipped.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String fingerprint() {
        CRC32C sum = new CRC32C();
        sum.update(text);
        return text.length + "-" + Long.toHexString(sum.getValue());
    }

    boolean contains(String name) {
        return lines.containsKey(name);
    }

    Set<String> names() {
        return lines.keySet();
    }

    ObjectNode line(String name) {
        Long line = lines.get(name);
        if (line == null) {
            throw new IllegalArgumentException("No definition " + name);
        }
        int start = (int) (line >>> 32);
        return Json.readObject(Arrays.copyOfRange(text, start, start + line.intValue()));
    }

    /** Lines that say behind their name which kind of object they define, {@code "g":["apps","v1","Deployment"]}. */
    Map<GroupVersionKind, String> kinds() {
        Map<GroupVersionKind, String> kinds = new HashMap<>();
        lines.forEach((name, line) -> {
            int at = (int) (line >>> 32) + NAME_START + name.length();
            if (Arrays.equals(text, at, Math.min(at + KIND.length, text.length), KIND, 0, KIND.length)) {
                String list = new String(text, at + KIND.length, indexOf((byte) ']', at) - at - KIND.length, StandardCharsets.US_ASCII);
                String[] parts = list.replace("\"", "").split(",", -1);
                kinds.put(new GroupVersionKind(parts[0], parts[1], parts[2]), name);
            }
        });
        return kinds;
    }

    private int indexOf(byte wanted, int from) {
        int i = from;
        while (i < text.length && text[i] != wanted) {
            i++;
        }
        return i;
    }
}
