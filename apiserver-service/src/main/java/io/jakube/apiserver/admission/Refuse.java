package io.jakube.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import io.jakube.common.status.ApiException;

/** Makes the 403 of an admission plugin. */
final class Refuse {
    private Refuse() {}

    static ApiException forbidden(AdmissionRequest request, String message) {
        return ApiException.forbidden(request.resource().groupResource(), name(request), message);
    }

    private static String name(AdmissionRequest request) {
        if (!request.name().isEmpty()) {
            return request.name();
        }
        ObjectNode object = request.object();
        String name = Fields.text(object, "metadata", "name");
        String generated = Fields.text(object, "metadata", "generateName");
        return !name.isEmpty() ? name : !generated.isEmpty() ? generated : "Unknown";
    }
}
