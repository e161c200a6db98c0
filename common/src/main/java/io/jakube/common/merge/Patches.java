package io.jakube.common.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.schema.Schema;

/** The three patch dialects of the PATCH verb. Arguments are not modified. Thread-safe. */
public interface Patches {
    /**
     * RFC 6902.
     *
     * @throws io.jakube.common.status.ApiException 422 Invalid where an operation does not apply (a failed {@code test} included), 400 where the patch is malformed
     */
    JsonNode jsonPatch(JsonNode document, JsonNode patch);

    /** RFC 7386. */
    JsonNode mergePatch(JsonNode document, JsonNode patch);

    /**
     * Strategic merge patch with all directives ({@code $patch}, {@code $deleteFromPrimitiveList}, {@code $setElementOrder}, {@code $retainKeys}).
     *
     * @throws io.jakube.common.status.ApiException 400 where the patch is malformed
     */
    ObjectNode strategicMerge(ObjectNode document, ObjectNode patch, Schema schema);
}
