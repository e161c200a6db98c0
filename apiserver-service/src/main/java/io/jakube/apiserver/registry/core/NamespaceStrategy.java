package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.ClusterValidation;
import io.jakube.apiserver.validation.Errors;
import io.jakube.apiserver.validation.NameRule;
import io.jakube.common.json.Fields;
import io.jakube.common.status.FieldError;
import java.util.List;

/** Namespaces: born active and held by the finalizer {@code kubernetes}, which only the finalize subresource takes away. */
public final class NamespaceStrategy implements ResourceStrategy {
    private static final String FINALIZER = "kubernetes";

    @Override
    public NameRule nameRule() {
        return NameRule.DNS_LABEL;
    }

    @Override
    public void prepareForCreate(ObjectNode namespace, RequestContext context) {
        namespace.putObject("status").put("phase", "Active");
        ObjectNode spec = ensureObject(namespace, "spec");
        if (!texts(spec, "finalizers").contains(FINALIZER)) {
            ArrayNode finalizers = Fields.ensureArray(spec, "finalizers");
            finalizers.add(FINALIZER);
        }
        nameLabel(namespace);
    }

    @Override
    public void prepareForUpdate(ObjectNode namespace, ObjectNode old, RequestContext context) {
        Fields.copy(object(old, "spec"), ensureObject(namespace, "spec"), "finalizers");
        nameLabel(namespace);
    }

    /** Also for names that were generated after defaulting. */
    private static void nameLabel(ObjectNode namespace) {
        ObjectNode metadata = ensureObject(namespace, "metadata");
        ensureObject(metadata, "labels").put("kubernetes.io/metadata.name", text(metadata, "name"));
    }

    @Override
    public List<FieldError> validate(ObjectNode namespace) {
        Errors errors = new Errors();
        ClusterValidation.namespace(namespace, errors);
        return errors.list();
    }

    @Override
    public List<FieldError> validateUpdate(ObjectNode namespace, ObjectNode old) {
        Errors errors = new Errors();
        ClusterValidation.namespace(namespace, errors);
        return errors.list();
    }

    @Override
    public List<FieldError> validateStatusUpdate(ObjectNode namespace, ObjectNode old) {
        Errors errors = new Errors();
        ClusterValidation.namespaceStatus(namespace, old, errors);
        return errors.list();
    }

    @Override
    public boolean tracksGeneration() {
        return false;
    }

    @Override
    public void prepareForDelete(ObjectNode namespace) {
        ensureObject(namespace, "status").put("phase", "Terminating");
    }

    @Override
    public boolean held(ObjectNode namespace) {
        return !texts(object(namespace, "spec"), "finalizers").isEmpty();
    }
}
