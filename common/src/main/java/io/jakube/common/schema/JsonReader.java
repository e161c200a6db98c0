package io.jakube.common.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;

/** Reads JSON into a tree; of repeated keys the last wins, and each is reported with its path. */
final class JsonReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** Digits beyond which a number is no value of any Kubernetes type; also keeps conversions linear. */
    private static final int MAX_NUMBER_LENGTH = 400;

    private final List<String> problems;

    /** @param problems where {@code duplicate field "…"} goes */
    JsonReader(List<String> problems) {
        this.problems = problems;
    }

    JsonNode read(byte[] body) {
        try (JsonParser parser = Json.mapper().getFactory().createParser(body)) {
            if (parser.nextToken() == null) {
                throw new MalformedBodyException("unexpected end of JSON input");
            }
            JsonNode tree = value(parser, FieldPath.ROOT);
            if (parser.nextToken() != null) {
                throw new MalformedBodyException("invalid character after top-level value");
            }
            return tree;
        } catch (JsonEOFException e) {
            throw new MalformedBodyException("unexpected end of JSON input");
        } catch (StreamConstraintsException e) {
            throw new MalformedBodyException("exceeded max depth or size: " + e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            throw new MalformedBodyException(words(e, body));
        } catch (IOException e) {
            throw new MalformedBodyException("invalid JSON: " + firstSentence(e.getMessage()));
        }
    }

    private JsonNode value(JsonParser parser, FieldPath path) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, path);
            case START_ARRAY -> {
                ArrayNode array = NODES.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser, path.element(array.size())));
                }
                yield array;
            }
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> {
                double number = parser.getDoubleValue();
                if (Double.isInfinite(number)) {
                    throw new MalformedBodyException("json: cannot unmarshal number " + parser.getText() + " into Go value of type float64");
                }
                yield NODES.numberNode(number);
            }
            default -> throw new MalformedBodyException("unexpected " + parser.currentToken() + " at " + path);
        };
    }

    private static JsonNode integer(JsonParser parser) throws IOException {
        if (parser.getTextLength() > MAX_NUMBER_LENGTH) {
            throw new MalformedBodyException("number too long");
        }
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            default -> NODES.numberNode(new BigInteger(parser.getText()));
        };
    }

    private ObjectNode object(JsonParser parser, FieldPath path) throws IOException {
        ObjectNode object = NODES.objectNode();
        String name;
        while ((name = parser.nextFieldName()) != null) {
            parser.nextToken();
            FieldPath field = path.field(name);
            if (object.replace(name, value(parser, field)) != null) {
                problems.add("duplicate field \"" + field + "\"");
            }
        }
        return object;
    }

    /** Upstream's words for the two common mistakes, the parser's own for the rest. */
    private static String words(JsonProcessingException e, byte[] body) {
        String message = firstSentence(e.getOriginalMessage());
        if (message.startsWith("Unexpected end-of-input")) {
            return "unexpected end of JSON input";
        }
        int offset = (int) e.getLocation().getByteOffset();
        if (message.startsWith("Unrecognized token") && offset >= 0 && offset < body.length && body[offset] > ' ') {
            return "invalid character '" + (char) body[offset] + "' looking for beginning of value";
        }
        return "invalid JSON at offset " + offset + ": " + message;
    }

    private static String firstSentence(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
