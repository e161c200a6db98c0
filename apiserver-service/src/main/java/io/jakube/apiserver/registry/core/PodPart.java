package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectSubresource;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.Errors;
import io.jakube.apiserver.validation.PodUpdateValidation;
import io.jakube.common.json.Fields;
import io.jakube.common.json.Json;
import io.jakube.common.status.FieldError;
import java.util.List;

/** Subresources that change one part of a pod's spec: {@code ephemeralcontainers} and {@code resize}. */
public enum PodPart implements ObjectSubresource {
    /** Adds ephemeral containers (KEP-277). */
    EPHEMERAL_CONTAINERS("ephemeralcontainers") {
        @Override
        void takeOver(ObjectNode spec, ObjectNode wished) {
            Fields.copy(wished, spec, "ephemeralContainers");
        }

        @Override
        void check(ObjectNode pod, ObjectNode old, Errors errors) {
            PodUpdateValidation.ephemeralContainers(pod, old, errors);
        }
    },
    /** Changes containers' resources in place (KEP-1287). */
    RESIZE("resize") {
        @Override
        void takeOver(ObjectNode spec, ObjectNode wished) {
            Fields.copy(wished, spec, "resources");
            for (String list : new String[] {"containers", "initContainers"}) {
                List<ObjectNode> containers = items(spec, list);
                List<ObjectNode> changed = items(wished, list);
                boolean same = containers.size() == changed.size();
                for (int i = 0; same && i < containers.size(); i++) {
                    same = text(containers.get(i), "name").equals(text(changed.get(i), "name"));
                }
                if (!same) {
                    Fields.copy(wished, spec, list);
                    continue;
                }
                for (int i = 0; i < containers.size(); i++) {
                    Fields.copy(changed.get(i), containers.get(i), "resources");
                    Fields.copy(changed.get(i), containers.get(i), "resizePolicy");
                }
            }
        }

        @Override
        void check(ObjectNode pod, ObjectNode old, Errors errors) {
            PodUpdateValidation.resize(pod, old, PodQos.of(object(pod, "spec") == null ? Json.object() : object(pod, "spec")), errors);
        }
    };

    private final String subresource;

    PodPart(String subresource) {
        this.subresource = subresource;
    }

    /** Copies what this subresource writes. @param spec the old spec, to be changed */
    abstract void takeOver(ObjectNode spec, ObjectNode wished);

    abstract void check(ObjectNode pod, ObjectNode old, Errors errors);

    @Override
    public String group() {
        return "";
    }

    @Override
    public String resource() {
        return "pods";
    }

    @Override
    public String subresource() {
        return subresource;
    }

    @Override
    public void prepareForUpdate(ObjectNode pod, ObjectNode old, RequestContext context) {
        JsonNode wished = object(pod, "spec") == null ? Json.object() : object(pod, "spec");
        Fields.copy(old, pod, "spec");
        Fields.copy(old, pod, "status");
        takeOver(ensureObject(pod, "spec"), (ObjectNode) wished);
        ObjectNode metadata = ensureObject(pod, "metadata");
        for (String kept : new String[] {"labels", "annotations", "finalizers", "ownerReferences"}) {
            Fields.copy(object(old, "metadata"), metadata, kept);
        }
    }

    @Override
    public List<FieldError> validateUpdate(ObjectNode pod, ObjectNode old) {
        Errors errors = new Errors();
        check(pod, old, errors);
        return errors.list();
    }
}
