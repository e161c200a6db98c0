package io.jakube.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.jakube.common.quantity.Quantity;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Canonical text of scalars that have more than one: times, quantities, bytes. */
final class ScalarForms {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private ScalarForms() {}

    /** Checks and rewrites a string by its format; null where an empty time means none. */
    static @Nullable JsonNode string(JsonNode node, Schema schema) {
        String text = node.textValue();
        return switch (schema.format()) {
            case "date-time" -> {
                String canonical = text.length() == 20 && isCanonicalSeconds(text) ? text : null;
                boolean micro = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime".equals(schema.typeName());
                yield canonical != null && !micro ? node : TextNode.valueOf(time(parse(text, micro), micro));
            }
            case "byte" -> {
                String unfolded = text.indexOf('\n') < 0 && text.indexOf('\r') < 0 ? text : text.replace("\n", "").replace("\r", "");
                try {
                    Base64.getDecoder().decode(unfolded);
                } catch (IllegalArgumentException _) {
                    throw new MalformedBodyException("illegal base64 data at input byte " + firstBad(text));
                }
                yield unfolded.length() == text.length() ? node : TextNode.valueOf(unfolded);
            }
            default -> node;
        };
    }

    static String time(Instant time, boolean micro) {
        return (micro ? MICROS : SECONDS).format(time.truncatedTo(micro ? ChronoUnit.MICROS : ChronoUnit.SECONDS));
    }

    private static boolean isCanonicalSeconds(String text) {
        if (text.charAt(19) != 'Z') {
            return false;
        }
        try {
            Instant.parse(text);
            return true;
        } catch (DateTimeParseException _) {
            return false;
        }
    }

    private static Instant parse(String text, boolean micro) {
        try {
            return OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
        } catch (DateTimeParseException _) {
            String layout = micro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
            throw new MalformedBodyException("parsing time \"" + text + "\" as \"" + layout + "\": cannot parse \"" + text + "\" as \"2006\"");
        }
    }

    static JsonNode quantity(JsonNode node) {
        if (!node.isTextual() && !node.isNumber()) {
            throw new MalformedBodyException("json: cannot unmarshal " + TypeWords.of(node, false) + " into Go value of type resource.Quantity");
        }
        String text = node.isTextual() ? node.textValue() : node.asText();
        if (text.isEmpty()) {
            return TextNode.valueOf("0");
        }
        try {
            String canonical = Quantity.parse(text.strip()).toString();
            return node.isTextual() && canonical.equals(text) ? node : TextNode.valueOf(canonical);
        } catch (IllegalArgumentException e) {
            throw new MalformedBodyException(e.getMessage());
        }
    }

    private static int firstBad(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '\n' || c == '\r')) {
                return i;
            }
        }
        return text.length();
    }
}
