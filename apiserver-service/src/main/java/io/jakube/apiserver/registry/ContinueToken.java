package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.util.Base64;

/**
 * Where a chunked list goes on.
 *
 * @param revision state the whole list is of; -1 where it goes on with the latest state
 * @param after path of the last object sent
 */
record ContinueToken(long revision, String after) {
    static final long LATEST = -1;
    private static final String VERSION = "jakube.io/v1";

    String encode() {
        byte[] json = Json.write(Json.object().put("v", VERSION).put("rv", revision).put("start", after));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json);
    }

    /** @throws ApiException 400 for text that is no token of ours */
    static ContinueToken decode(String text) {
        try {
            JsonNode token = Json.mapper().readTree(Base64.getUrlDecoder().decode(text));
            if (token == null || !token.path("v").asText().equals(VERSION) || !token.path("rv").isIntegralNumber() || token.path("start").asText().isEmpty()) {
                throw malformed();
            }
            return new ContinueToken(token.get("rv").asLong(), token.get("start").asText());
        } catch (IllegalArgumentException | IOException e) {
            throw malformed();
        }
    }

    private static ApiException malformed() {
        return ApiException.badRequest("continue key is not valid: the token was not issued by this server");
    }
}
