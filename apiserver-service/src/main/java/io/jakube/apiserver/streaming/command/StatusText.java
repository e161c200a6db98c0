package io.jakube.apiserver.streaming.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.nio.charset.StandardCharsets;

/** How a command ended, for protocols before v4: nothing for success, else the message. */
final class StatusText {
    private StatusText() {}

    static byte[] of(byte[] status) {
        ObjectNode object = Json.readObject(status);
        return object.path("status").asText().equals("Success") ? new byte[0] : object.path("message").asText().getBytes(StandardCharsets.UTF_8);
    }

    /** What is sent when the node did not say how the command ended. */
    static byte[] lost() {
        return Json.write(ApiException.internal("the connection to the node broke before the command ended").toStatus());
    }
}
