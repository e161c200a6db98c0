package io.jakube.apiserver.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/** Renders objects of one type as rows of a {@code meta.k8s.io/v1 Table}. Thread-safe. */
public interface TablePrinter {
    /**
     * A column (API reference, meta/v1 TableColumnDefinition).
     *
     * @param priority 0 for the default view, 1 for {@code -o wide}
     */
    record Column(String name, String type, String format, String description, int priority) {}

    List<Column> columns();

    /** Cells of one object, one per column: strings, integers or booleans. @param now for ages */
    List<Object> cells(ObjectNode object, Instant now);
}
