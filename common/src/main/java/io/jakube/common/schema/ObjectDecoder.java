package io.jakube.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.status.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request body into an object of a served type: JSON, YAML or protobuf in, pruned canonical tree out. Thread-safe.
 */
public interface ObjectDecoder {
    /** Body encodings by media type. */
    enum Encoding {
        JSON,
        YAML,
        PROTOBUF
    }

    /**
     * @param expected type to assume where the body names none; a body that names another type is decoded as that type, and the caller
     *     decides whether it may be; null requires the body to name one
     * @throws ApiException 400 for malformed input or a value of the wrong JSON type (with upstream's texts), 400 where the type is unknown
     */
    DecodeResult decode(byte[] body, Encoding encoding, @Nullable GroupVersionKind expected);

    /** Prunes and checks an object already parsed (the outcome of a patch). Does not modify its argument. */
    DecodeResult decode(JsonNode tree, GroupVersionKind gvk);

    /**
     * Checks an object already parsed as {@link #decode(JsonNode, GroupVersionKind)} does, but keeps it as it was written: zero values stay and nothing is
     * added. For server-side apply, where naming a field is owning it. Does not modify its argument.
     */
    DecodeResult decodeAsWritten(JsonNode tree, GroupVersionKind gvk);

    /** Decodes as {@link #decode(byte[], Encoding, GroupVersionKind)} does, but keeps the object as it was written, as {@link #decodeAsWritten(JsonNode, GroupVersionKind)} does. */
    DecodeResult decodeAsWritten(byte[] body, Encoding encoding, @Nullable GroupVersionKind expected);
}
