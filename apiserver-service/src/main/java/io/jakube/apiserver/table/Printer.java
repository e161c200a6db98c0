package io.jakube.apiserver.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A printer put together column by column. Immutable once built. */
final class Printer implements TablePrinter {
    private final List<Column> columns;
    private final List<BiFunction<ObjectNode, Instant, Object>> cells;

    private Printer(List<Column> columns, List<BiFunction<ObjectNode, Instant, Object>> cells) {
        this.columns = List.copyOf(columns);
        this.cells = List.copyOf(cells);
    }

    @Override
    public List<Column> columns() {
        return columns;
    }

    @Override
    public List<Object> cells(ObjectNode object, Instant now) {
        List<Object> row = new ArrayList<>(cells.size());
        for (BiFunction<ObjectNode, Instant, Object> cell : cells) {
            row.add(cell.apply(object, now));
        }
        return row;
    }

    /** Starts with the name column. */
    static Builder named() {
        return new Builder().add(new Column("Name", "string", "name", "Name must be unique within a namespace.", 0), (object, now) -> Cells.name(object));
    }

    static Builder empty() {
        return new Builder();
    }

    static final class Builder {
        private final List<Column> columns = new ArrayList<>();
        private final List<BiFunction<ObjectNode, Instant, Object>> cells = new ArrayList<>();

        private Builder add(Column column, BiFunction<ObjectNode, Instant, Object> cell) {
            columns.add(column);
            cells.add(cell);
            return this;
        }

        Builder text(String name, Function<ObjectNode, String> cell) {
            return add(new Column(name, "string", "", name, 0), (object, now) -> cell.apply(object));
        }

        Builder timed(String name, BiFunction<ObjectNode, Instant, String> cell) {
            return add(new Column(name, "string", "", name, 0), cell::apply);
        }

        Builder number(String name, Function<ObjectNode, Long> cell) {
            return add(new Column(name, "integer", "", name, 0), (object, now) -> cell.apply(object));
        }

        Builder number(String name, String... path) {
            return number(name, object -> Cells.number(object, path));
        }

        Builder bool(String name, Function<ObjectNode, Boolean> cell) {
            return add(new Column(name, "boolean", "", name, 0), (object, now) -> cell.apply(object));
        }

        Builder age() {
            return timed("Age", Cells::age);
        }

        Builder wide(String name, Function<ObjectNode, String> cell) {
            return add(new Column(name, "string", "", name, 1), (object, now) -> cell.apply(object));
        }

        Builder wideTimed(String name, BiFunction<ObjectNode, Instant, String> cell) {
            return add(new Column(name, "string", "", name, 1), cell::apply);
        }

        /** Containers, images and selector of a workload. */
        Builder wideTemplate(String selectorField) {
            return wide("Containers", o -> Cells.containers(Cells.at(o, "spec", "template", "spec"), "name"))
                    .wide("Images", o -> Cells.containers(Cells.at(o, "spec", "template", "spec"), "image"))
                    .wide("Selector", o -> Cells.selector(Cells.at(o, "spec", selectorField)));
        }

        Printer build() {
            return new Printer(columns, cells);
        }
    }
}
