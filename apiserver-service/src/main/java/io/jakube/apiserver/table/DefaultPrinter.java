package io.jakube.apiserver.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/** Name and creation time: the columns of types without a printer of their own. */
public final class DefaultPrinter implements TablePrinter {
    public static final TablePrinter INSTANCE = new DefaultPrinter();

    private static final List<Column> COLUMNS = List.of(
            new Column("Name", "string", "name", "Name must be unique within a namespace.", 0),
            new Column("Created At", "date", "", "When the object was created, in RFC3339 form and UTC.", 0));

    private DefaultPrinter() {}

    @Override
    public List<Column> columns() {
        return COLUMNS;
    }

    @Override
    public List<Object> cells(ObjectNode object, Instant now) {
        return List.of(object.path("metadata").path("name").asText(), object.path("metadata").path("creationTimestamp").asText());
    }
}
