package io.jakube.common.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;

/**
 * One entry of {@code metadata.managedFields}.
 *
 * @param id who, how and in which version
 * @param time RFC 3339 to the second; empty where unknown
 * @param fields what they own
 */
record ManagerEntry(Id id, String time, FieldSet fields) {
    /** Applied entries first, then older ones (upstream's order). */
    static final Comparator<ManagerEntry> ORDER = Comparator.<ManagerEntry, String>comparing(e -> e.id.operation)
            .thenComparing(ManagerEntry::time)
            .thenComparing(e -> e.id.manager)
            .thenComparing(e -> e.id.apiVersion)
            .thenComparing(e -> e.id.subresource);

    static final String APPLY = "Apply";
    static final String UPDATE = "Update";

    /** @param apiVersion of the last write; it distinguishes updaters, but not appliers */
    record Id(String manager, String operation, String apiVersion, String subresource) {
        boolean sameManager(Id other) {
            return manager.equals(other.manager) && operation.equals(other.operation) && subresource.equals(other.subresource) && (operation.equals(APPLY) || apiVersion.equals(other.apiVersion));
        }

        /** As conflict messages name it. */
        String describe(String time) {
            StringBuilder text = new StringBuilder(JsonNodeFactory.instance.textNode(manager).toString());
            if (!subresource.isEmpty()) {
                text.append(" with subresource \"").append(subresource).append('"');
            }
            if (operation.equals(UPDATE)) {
                text.append(" using ").append(apiVersion);
                if (!time.isEmpty()) {
                    text.append(" at ").append(time);
                }
            }
            return text.toString();
        }
    }

    static ManagerEntry parse(JsonNode entry) {
        Id id = new Id(entry.path("manager").asText(""), entry.path("operation").asText(""), entry.path("apiVersion").asText(""), entry.path("subresource").asText(""));
        return new ManagerEntry(id, entry.path("time").asText(""), FieldSet.parse(entry.path("fieldsV1")));
    }

    ObjectNode toJson() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (!id.manager.isEmpty()) {
            node.put("manager", id.manager);
        }
        node.put("operation", id.operation).put("apiVersion", id.apiVersion);
        if (!time.isEmpty()) {
            node.put("time", time);
        }
        node.put("fieldsType", "FieldsV1").set("fieldsV1", fields.toJson());
        if (!id.subresource.isEmpty()) {
            node.put("subresource", id.subresource);
        }
        return node;
    }

    ManagerEntry withFields(FieldSet changed) {
        return new ManagerEntry(id, time, changed);
    }
}
