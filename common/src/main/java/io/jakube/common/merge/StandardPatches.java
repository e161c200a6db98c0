package io.jakube.common.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.schema.Schema;

/** The patch dialects as the API defines them. Stateless. */
public final class StandardPatches implements Patches {
    @Override
    public JsonNode jsonPatch(JsonNode document, JsonNode patch) {
        return JsonPatch.apply(document, patch);
    }

    @Override
    public JsonNode mergePatch(JsonNode document, JsonNode patch) {
        return MergePatch.apply(document, patch);
    }

    @Override
    public ObjectNode strategicMerge(ObjectNode document, ObjectNode patch, Schema schema) {
        return StrategicMerge.apply(document, patch, schema);
    }
}
