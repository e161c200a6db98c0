package io.jakube.apiserver.registry;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.WriteOptions.FieldValidation;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.BodyReader;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.schema.DecodeResult;
import io.jakube.common.schema.ObjectDecoder;
import io.jakube.common.schema.ObjectDecoder.Encoding;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;

/** Reads and decodes request bodies. Thread-safe. */
public final class RequestBodies implements BodyReader {
    /** Upstream's limit of a request body, in bytes. */
    public static final int MAX_BODY = 3 * 1024 * 1024;

    private static final String CANNOT_BE_HANDLED = " cannot be handled as a ";

    private final ObjectDecoder decoder;

    public RequestBodies(ObjectDecoder decoder) {
        this.decoder = requireNonNull(decoder, "decoder is null");
    }

    @Override
    public ObjectNode read(ApiRequest request, GroupVersionKind expected) {
        ObjectNode object = decoder.decode(read(request), encoding(request), expected).object();
        requireType(object, expected);
        return object;
    }

    /**
     * The whole body.
     *
     * @throws ApiException 413 if it is larger than the limit, 400 if it cannot be read
     */
    static byte[] read(ApiRequest request) {
        try (InputStream in = request.body()) {
            byte[] body = in.readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                throw ApiException.tooLarge("Request entity too large: limit is " + MAX_BODY);
            }
            return body;
        } catch (IOException e) {
            throw ApiException.badRequest("the body of the request could not be read");
        }
    }

    /** Content type without parameters, in lower case; empty if there is none. */
    static String contentType(ApiRequest request) {
        String header = request.header("Content-Type").orElse("");
        int end = header.indexOf(';');
        return (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    static Encoding encoding(ApiRequest request) {
        return switch (contentType(request)) {
            case "", "application/json" -> Encoding.JSON;
            case "application/yaml", "application/x-yaml", "text/yaml" -> Encoding.YAML;
            case "application/vnd.kubernetes.protobuf" -> Encoding.PROTOBUF;
            default -> throw ApiException.unsupportedMediaType("the body of the request was in an unknown format - accepted media types include: "
                    + "application/json, application/yaml, application/vnd.kubernetes.protobuf");
        };
    }

    /**
     * The body as an object of a type.
     *
     * @throws ApiException 400 if it is malformed, of another type, or not strictly valid where that is asked for
     */
    ObjectNode object(RequestContext context, GroupVersionKind expected, FieldValidation validation) {
        ApiRequest request = context.request();
        return checked(context, decoder.decode(read(request), encoding(request), expected), expected, validation);
    }

    /** What was decoded, if it is of the type and as valid as asked for. */
    ObjectNode checked(RequestContext context, DecodeResult result, GroupVersionKind expected, FieldValidation validation) {
        ObjectNode object = result.object();
        requireType(object, expected);
        if (!result.problems().isEmpty()) {
            switch (validation) {
                case IGNORE -> { }
                case WARN -> result.problems().forEach(context::warn);
                case STRICT -> throw ApiException.badRequest(expected.kind() + " in version \"" + expected.version() + "\" cannot be handled as a "
                        + expected.kind() + ": strict decoding error: " + String.join(", ", result.problems()));
            }
        }
        return object;
    }

    /**
     * The outcome of a patch as an object of a type; problems are those of the patched object.
     *
     * @throws ApiException 422 that shows the outcome, where it is no object of the type, or not strictly valid where that is asked for
     */
    ObjectNode patched(RequestContext context, JsonNode tree, GroupVersionKind type, FieldValidation validation) {
        DecodeResult result;
        try {
            result = decoder.decode(tree, type);
            requireType(result.object(), type);
        } catch (ApiException e) {
            throw e.is("BadRequest") ? invalidPatch(tree, reason(e)) : e;
        }
        if (!result.problems().isEmpty()) {
            switch (validation) {
                case IGNORE -> { }
                case WARN -> result.problems().forEach(context::warn);
                case STRICT -> throw invalidPatch(tree, "strict decoding error: " + String.join(", ", result.problems()));
            }
        }
        return result.object();
    }

    /** What is wrong, without the kinds it is said of. */
    private static String reason(ApiException failure) {
        String message = requireNonNull(failure.getMessage());
        int start = message.indexOf(CANNOT_BE_HANDLED);
        int end = start < 0 ? -1 : message.indexOf(": ", start);
        return end < 0 ? message : message.substring(end + 2);
    }

    private static ApiException invalidPatch(JsonNode patched, String reason) {
        return ApiException.invalid("", "", "", List.of(FieldError.invalid("patch", patched.toString(), reason)));
    }

    private static void requireType(ObjectNode object, GroupVersionKind expected) {
        String apiVersion = object.path("apiVersion").asText("");
        String kind = object.path("kind").asText("");
        if (apiVersion.isEmpty() && kind.isEmpty()) {
            object.put("apiVersion", expected.apiVersion());
            object.put("kind", expected.kind());
        } else if (!apiVersion.equals(expected.apiVersion())) {
            throw ApiException.badRequest("the API version in the data (" + apiVersion + ") does not match the expected API version (" + expected.apiVersion() + ")");
        } else if (!kind.equals(expected.kind())) {
            throw ApiException.badRequest(kind + " in version \"" + expected.version() + "\" cannot be handled as a " + expected.kind()
                    + ": the object provided is unrecognized (must be of type " + expected.kind() + ")");
        }
    }
}
