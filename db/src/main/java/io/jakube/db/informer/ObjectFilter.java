package io.jakube.db.informer;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.informer.InformerSource.Filter;
import io.jakube.common.json.Json;
import io.jakube.common.selector.FieldSelector;
import io.jakube.common.selector.Selector;

/** Label and field selectors over stored objects. The namespace is not its business: that is part of the key. Immutable. */
final class ObjectFilter {
    private final FieldSelector fields;
    private final Selector labels;

    ObjectFilter(Filter filter) {
        this.fields = FieldSelector.parse(filter.fieldSelector());
        this.labels = Selector.parse(filter.labelSelector());
    }

    boolean matches(byte[] stored) {
        if (fields.isEmpty() && labels.isEmpty()) {
            return true;
        }
        JsonNode object = Json.readObject(stored);
        return labels.matchesObject(object) && fields.matches(object);
    }
}
