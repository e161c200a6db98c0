package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.OutputFormat;
import io.jakube.apiserver.request.OutputFormat.View;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.apiserver.table.TablePrinter;
import io.jakube.common.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Turns stored objects into what a client asked to see: the objects, a table of them, or their metadata. Objects in the version they are
 * stored in are copied as bytes; everything else goes through a tree. Thread-safe.
 */
public final class Renderer {
    private final Versions versions;
    private final Clock clock;

    public Renderer(Versions versions, Clock clock) {
        this.versions = versions;
        this.clock = clock;
    }

    /** What rows of a table carry besides their cells ({@code includeObject}). */
    enum IncludeObject {
        NONE,
        METADATA,
        OBJECT
    }

    /** How to show objects of a type. @param type as served */
    record Form(ResourceType type, OutputFormat format, IncludeObject include) {}

    /** One object as JSON. */
    byte[] object(Form form, StoredObject object) {
        return switch (form.format().view()) {
            case OBJECT -> plain(form.type(), object);
            case TABLE -> Json.write(table(form, List.of(object), Json.object().put("resourceVersion", Long.toString(object.revision())), true));
            case PARTIAL, PARTIAL_LIST -> Json.write(partial(object.toTree(), form.format().groupVersion()));
        };
    }

    /** A list as JSON. */
    byte[] list(Form form, ListReader.Page page) {
        ObjectNode metadata = Json.object().put("resourceVersion", Long.toString(page.revision()));
        if (!page.continueToken().isEmpty()) {
            metadata.put("continue", page.continueToken());
        }
        if (page.remaining() > 0) {
            metadata.put("remainingItemCount", page.remaining());
        }
        return switch (form.format().view()) {
            case OBJECT -> plainList(form.type(), page.items(), metadata);
            case TABLE -> Json.write(table(form, page.items(), metadata, true));
            case PARTIAL, PARTIAL_LIST -> {
                ObjectNode list = Json.object().put("kind", "PartialObjectMetadataList").put("apiVersion", form.format().groupVersion());
                list.set("metadata", metadata);
                ArrayNode items = list.putArray("items");
                page.items().forEach(item -> items.add(partial(item.toTree(), form.format().groupVersion())));
                yield Json.write(list);
            }
        };
    }

    /** The object of a watch event as JSON; tables after the first leave out the column definitions, as clients keep them. */
    byte[] event(Form form, StoredObject object, boolean firstTable) {
        return form.format().view() == View.TABLE
                ? Json.write(table(form, List.of(object), Json.object().put("resourceVersion", Long.toString(object.revision())), firstTable))
                : object(form, object);
    }

    /** The object of a BOOKMARK event as JSON. @param initialEventsEnd whether it ends the initial events of a watch-list */
    byte[] bookmark(Form form, long revision, boolean initialEventsEnd) {
        ObjectNode object = Json.object().put("kind", form.type().gvk().kind()).put("apiVersion", form.type().gvk().apiVersion());
        ObjectNode metadata = object.putObject("metadata").put("resourceVersion", Long.toString(revision)).putNull("creationTimestamp");
        if (initialEventsEnd) {
            metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        return switch (form.format().view()) {
            case OBJECT -> Json.write(object);
            case PARTIAL, PARTIAL_LIST -> Json.write(partial(object, form.format().groupVersion()));
            case TABLE -> {
                ObjectNode table = tableFrame(form, Json.object().put("resourceVersion", Long.toString(revision)), false);
                ObjectNode row = ((ArrayNode) table.get("rows")).addObject();
                row.putArray("cells");
                row.set("object", partial(object, form.format().groupVersion()));
                yield Json.write(table);
            }
        };
    }

    private byte[] plain(ResourceType type, StoredObject object) {
        return versions.sameAsStored(type) ? object.json() : Json.write(versions.toServed(type, object.toTree()));
    }

    private byte[] plainList(ResourceType type, List<StoredObject> items, ObjectNode metadata) {
        byte[] prefix = ("{\"kind\":\"" + type.gvk().kind() + "\",\"apiVersion\":\"" + type.gvk().apiVersion() + "\",").getBytes(StandardCharsets.UTF_8);
        int size = items.stream().mapToInt(item -> item.json().length + 1).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream(size + 256);
        out.writeBytes(("{\"kind\":\"" + type.gvk().kind() + "List\",\"apiVersion\":\"" + type.gvk().apiVersion() + "\",\"metadata\":").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(Json.write(metadata));
        out.writeBytes(",\"items\":[".getBytes(StandardCharsets.UTF_8));
        boolean first = true;
        for (StoredObject item : items) {
            if (!first) {
                out.write(',');
            }
            first = false;
            byte[] json = plain(type, item);
            // Items of a list do not repeat the list's type.
            if (json.length > prefix.length && Arrays.equals(json, 0, prefix.length, prefix, 0, prefix.length)) {
                out.write('{');
                out.write(json, prefix.length, json.length - prefix.length);
            } else {
                out.writeBytes(json);
            }
        }
        out.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    private ObjectNode table(Form form, List<StoredObject> objects, ObjectNode metadata, boolean columns) {
        ObjectNode table = tableFrame(form, metadata, columns);
        ArrayNode rows = (ArrayNode) table.get("rows");
        Instant now = clock.instant();
        for (StoredObject object : objects) {
            ObjectNode tree = versions.toServed(form.type(), object.toTree());
            ObjectNode row = rows.addObject();
            ArrayNode cells = row.putArray("cells");
            form.type().printer().cells(tree, now).forEach(cells::addPOJO);
            switch (form.include()) {
                case NONE -> { }
                case METADATA -> row.set("object", partial(tree, form.format().groupVersion()));
                case OBJECT -> row.set("object", tree);
            }
        }
        return table;
    }

    private static ObjectNode tableFrame(Form form, ObjectNode metadata, boolean columns) {
        ObjectNode table = Json.object().put("kind", "Table").put("apiVersion", form.format().groupVersion());
        table.set("metadata", metadata);
        if (columns) {
            ArrayNode definitions = table.putArray("columnDefinitions");
            for (TablePrinter.Column column : form.type().printer().columns()) {
                definitions.addObject().put("name", column.name()).put("type", column.type()).put("format", column.format())
                        .put("description", column.description()).put("priority", column.priority());
            }
        } else {
            table.putNull("columnDefinitions");
        }
        table.putArray("rows");
        return table;
    }

    private static ObjectNode partial(ObjectNode object, String groupVersion) {
        ObjectNode partial = Json.object().put("kind", "PartialObjectMetadata").put("apiVersion", groupVersion);
        partial.set("metadata", object.path("metadata").deepCopy());
        return partial;
    }
}
