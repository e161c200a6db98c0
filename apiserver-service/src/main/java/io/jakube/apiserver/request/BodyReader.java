package io.jakube.apiserver.request;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersionKind;

/** Decodes request bodies for handlers that answer by themselves: JSON, YAML or protobuf by the request's {@code Content-Type}. Thread-safe. */
@FunctionalInterface
public interface BodyReader {
    /**
     * @param expected the type the body must be of, assumed where it names none
     * @return the pruned object
     * @throws io.jakube.common.status.ApiException 400 malformed or of another type, 413 too large, 415 unknown encoding
     */
    ObjectNode read(ApiRequest request, GroupVersionKind expected);
}
