package io.jakube.db.informer;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.informer.InformerSource.Filter;
import io.jakube.common.json.Json;
import io.jakube.common.selector.FieldRequirements;
import io.jakube.common.selector.LabelRequirements;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Label and field selectors over stored objects. The namespace is not its business: that is part of the key. Immutable. */
final class ObjectFilter {
    /** Fields that are numbers or booleans in the API, with the value an absent one has. */
    private static final Map<String, String> ABSENT =
            Map.of("spec.hostNetwork", "false", "spec.unschedulable", "false", "status.replicas", "0", "status.successful", "0");

    private final FieldRequirements fields;
    private final LabelRequirements labels;

    ObjectFilter(Filter filter) {
        this.fields = FieldRequirements.parse(filter.fieldSelector());
        this.labels = LabelRequirements.parse(filter.labelSelector());
    }

    boolean matches(byte[] stored) {
        if (fields.isEmpty() && labels.isEmpty()) {
            return true;
        }
        JsonNode object = Json.readObject(stored);
        Map<String, String> own = new HashMap<>();
        object.path("metadata").path("labels").properties().forEach(label -> own.put(label.getKey(), label.getValue().asText()));
        return labels.matches(own) && fields.matches(field -> value(object, field));
    }

    private static @Nullable String value(JsonNode object, String field) {
        JsonNode node = object;
        for (String part : field.split("\\.")) {
            node = node.path(part);
        }
        return node.isValueNode() && !node.isNull() ? node.asText() : ABSENT.get(field);
    }
}
