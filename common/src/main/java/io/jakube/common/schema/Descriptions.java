package io.jakube.common.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.ref.SoftReference;
import org.jspecify.annotations.Nullable;

/** Documentation of types and fields, needed by OpenAPI alone; loaded on demand and dropped when memory is short. Thread-safe. */
final class Descriptions {
    private record Line(String name, ObjectNode node) {}

    private volatile SoftReference<DefinitionText> text = new SoftReference<>(null);
    /** The line asked for last: callers go through one type's fields after another. */
    private volatile SoftReference<Line> last = new SoftReference<>(null);

    String ofType(String typeName) {
        ObjectNode line = line(typeName);
        return line == null ? "" : line.path("d").asText();
    }

    String ofField(String typeName, String field) {
        ObjectNode line = line(typeName);
        return line == null ? "" : line.path("p").path(field).asText();
    }

    private @Nullable ObjectNode line(String typeName) {
        Line recent = last.get();
        if (recent != null && recent.name.equals(typeName)) {
            return recent.node;
        }
        DefinitionText loaded = text.get();
        if (loaded == null) {
            loaded = DefinitionText.load("/io/jakube/schema/descriptions.ndjson.gz");
            text = new SoftReference<>(loaded);
        }
        if (!loaded.contains(typeName)) {
            return null;
        }
        ObjectNode line = loaded.line(typeName);
        last = new SoftReference<>(new Line(typeName, line));
        return line;
    }
}
