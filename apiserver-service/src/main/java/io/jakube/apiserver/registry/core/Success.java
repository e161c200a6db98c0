package io.jakube.apiserver.registry.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.common.json.Json;

/** The answer of a subresource that does something and has nothing to show. */
final class Success {
    private Success() {}

    static ApiResponse created() {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Success").put("code", 201);
        return new ApiResponse.Complete(201, "application/json", Json.write(status));
    }
}
