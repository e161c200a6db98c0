package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectSubresource;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.ClusterValidation;
import io.jakube.apiserver.validation.Errors;
import io.jakube.common.json.Fields;
import io.jakube.common.status.FieldError;
import java.util.List;

/** {@code namespaces/finalize}: the only way to change {@code spec.finalizers}. */
public final class NamespaceFinalize implements ObjectSubresource {
    @Override
    public String group() {
        return "";
    }

    @Override
    public String resource() {
        return "namespaces";
    }

    @Override
    public String subresource() {
        return "finalize";
    }

    @Override
    public void prepareForUpdate(ObjectNode namespace, ObjectNode old, RequestContext context) {
        ObjectNode spec = object(namespace, "spec");
        JsonNode finalizers = spec == null ? null : spec.get("finalizers");
        Fields.copy(old, namespace, "spec");
        Fields.copy(old, namespace, "status");
        ObjectNode target = ensureObject(namespace, "spec");
        if (finalizers == null || finalizers.isEmpty()) {
            target.remove("finalizers");
        } else {
            target.set("finalizers", finalizers);
        }
    }

    @Override
    public List<FieldError> validateUpdate(ObjectNode namespace, ObjectNode old) {
        Errors errors = new Errors();
        ClusterValidation.namespace(namespace, errors);
        return errors.list();
    }

    @Override
    public boolean movesGeneration() {
        return false;
    }
}
