package io.jakube.db.chaos;

import io.jakube.db.chaos.History.Call;
import io.jakube.db.chaos.History.Operation;
import io.jakube.db.chaos.History.Row;
import io.jakube.db.chaos.History.Segment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Collectors;

/**
 * Checks a history. The final log is the witness: it gives the one order in which everything was applied, so that linearizability comes down to comparing this
 * order with the times at which operations began and ended. Used once.
 */
final class Checker {
    private final History history;
    private final int brokenWaits;
    private final Map<Invariant, List<String>> violations = new EnumMap<>(Invariant.class);

    /**
     * @param brokenWaits how many failovers came after commits whose wait for the standby was broken off. PostgreSQL shows such a commit before the standby has it;
     *     the store may have to say then that something seen, though never acknowledged, is gone
     */
    Checker(History history, int brokenWaits) {
        this.history = history;
        this.brokenWaits = brokenWaits;
    }

    /** Violations by invariant; empty where everything holds. */
    Map<Invariant, List<String>> check() {
        checkLog();
        checkOperations();
        checkTimes();
        WatchChecker watches = new WatchChecker(history, this::violated);
        history.segments().forEach(watches::check);
        return violations;
    }

    private void violated(Invariant invariant, String what) {
        violations.computeIfAbsent(invariant, i -> new ArrayList<>()).add(what);
    }

    private void checkLog() {
        long last = 0;
        for (Map.Entry<Long, List<Row>> entry : history.log().entrySet()) {
            if (entry.getKey() != last + 1 && !entry.getValue().getFirst().key().isEmpty()) {
                violated(Invariant.CONTIGUOUS, "after revision " + last + " comes " + entry.getKey());
            }
            last = entry.getKey();
            List<Row> rows = entry.getValue();
            if (rows.size() > 1 && rows.stream().map(Row::id).distinct().count() > 1) {
                violated(Invariant.CONTIGUOUS, "revision " + last + " is shared by different operations: " + rows);
            }
        }
        if (history.losses() > brokenWaits) {
            violated(Invariant.DURABLE, "the store says " + history.losses() + " times that writes are lost, which can be so " + brokenWaits + " times");
        }
        for (NavigableMap<Long, Row> rows : history.keys()) {
            Row before = null;
            for (Row row : rows.firstEntry().getValue().key().isEmpty() ? List.<Row>of() : rows.values()) {
                Row live = before == null || before.deleted() ? null : before;
                boolean chained = live == null
                        ? row.previous() == 0 && row.version() == 1 && row.create() == row.revision() && !row.deleted()
                        : row.previous() == live.revision() && row.version() == live.version() + 1 && row.create() == live.create();
                if (!chained) {
                    violated(Invariant.CHAINED, row + " after " + before);
                }
                before = row;
            }
        }
    }

    private void checkOperations() {
        Map<String, List<Row>> applied =
                history.log().values().stream().flatMap(List::stream).filter(row -> !row.deleted()).collect(Collectors.groupingBy(Row::id));
        for (Operation operation : history.operations().values()) {
            List<Row> rows = applied.getOrDefault(operation.id(), List.of());
            switch (operation.kind()) {
                case "put" -> checkWrite(operation, rows, 1);
                case "transaction" -> checkWrite(operation, rows, 2);
                case "delete" -> checkDeletion(operation);
                default -> { }
            }
            if (operation.outcome().equals("lost")) {
                violated(Invariant.DURABLE, operation + " was told that writes are lost");
            }
            if (operation.outcome().equals("error")) {
                violated(Invariant.EXACT, operation + " failed in a way that is not foreseen");
            }
        }
        applied.keySet().stream().filter(id -> !history.operations().containsKey(id)).forEach(id -> violated(Invariant.ONCE, "nobody wrote " + id));
        Map<String, List<Operation>> deletions =
                history.operations().values().stream().filter(operation -> operation.kind().equals("delete")).collect(Collectors.groupingBy(Operation::key));
        history.log().values().stream().flatMap(List::stream).filter(row -> row.deleted() && !row.key().isEmpty()).forEach(row -> {
            boolean asked = deletions.getOrDefault(row.key(), List.of()).stream()
                    .anyMatch(operation -> operation.expected() == row.previous() && (operation.mayBeApplied() || operation.revision() == row.revision()));
            if (!asked) {
                violated(Invariant.ONCE, "nobody asked for " + row);
            }
        });
    }

    private void checkWrite(Operation operation, List<Row> rows, int wanted) {
        boolean ok = operation.outcome().equals("ok");
        if (ok && (rows.isEmpty() || rows.getFirst().revision() != operation.revision())) {
            violated(Invariant.DURABLE, operation + " is not in the log there: " + rows);
        }
        if (rows.size() > wanted || (!rows.isEmpty() && rows.size() < wanted) || rows.stream().mapToLong(Row::revision).distinct().count() > 1) {
            violated(Invariant.ONCE, operation + " is in the log as " + rows);
        }
        if (!ok && !operation.mayBeApplied() && !rows.isEmpty()) {
            violated(Invariant.ONCE, operation + " is in the log all the same: " + rows);
        }
        rows.stream().filter(row -> row.key().equals(operation.key()) && operation.expected() >= 0 && row.previous() != operation.expected())
                .forEach(row -> violated(Invariant.EXACT, operation + " replaced another revision: " + row));
    }

    private void checkDeletion(Operation operation) {
        if (operation.outcome().equals("ok")) {
            Row row = history.key(operation.key()).get(operation.revision());
            if (row == null || !row.deleted()) {
                violated(Invariant.DURABLE, operation + " is not in the log there: " + row);
            } else if (row.previous() != operation.expected()) {
                violated(Invariant.EXACT, operation + " replaced another revision: " + row);
            }
        }
    }

    /** An instant by which a revision was known to be committed. */
    private record Known(long time, long revision) {}

    private void checkTimes() {
        List<Known> known = new ArrayList<>();
        for (Operation operation : history.operations().values()) {
            if (operation.revision() > 0) {
                known.add(new Known(operation.end(), operation.revision()));
            }
        }
        for (Segment segment : history.segments()) {
            for (Call call : segment.calls()) {
                known.add(new Known(call.time(), call.revision()));
            }
        }
        known.sort(Comparator.comparingLong(Known::time));
        List<Operation> byBegin = new ArrayList<>(history.operations().values());
        byBegin.sort(Comparator.comparingLong(Operation::begin));
        long committed = 0;
        int next = 0;
        for (Operation operation : byBegin) {
            while (next < known.size() && known.get(next).time() < operation.begin()) {
                committed = Math.max(committed, known.get(next++).revision());
            }
            checkTime(operation, committed);
        }
    }

    /** @param committed what had been committed before the operation began */
    private void checkTime(Operation operation, long committed) {
        switch (operation.outcome()) {
            case "ok" -> {
                if (operation.revision() <= committed) {
                    violated(Invariant.LINEARIZABLE, operation + " began when " + committed + " was committed");
                }
            }
            case "read" -> {
                if (operation.revision() < committed) {
                    violated(Invariant.LINEARIZABLE, operation + " began when " + committed + " was committed");
                }
                String expected = expected(operation);
                if (!history.isGone(operation.revision()) && !expected.equals(operation.text())) {
                    violated(Invariant.LINEARIZABLE, operation + " should have read " + expected);
                }
            }
            case "conflict" -> {
                if ((!history.isGone(operation.revision()) && !couldBe(operation.key(), operation.revision(), committed)) || (operation.revision() == operation.expected() && operation.revision() != 0)) {
                    violated(Invariant.LINEARIZABLE, operation + " began when " + committed + " was committed");
                }
            }
            default -> { }
        }
    }

    private String expected(Operation read) {
        List<String> items = new ArrayList<>();
        for (NavigableMap<Long, Row> rows : history.keys()) {
            String key = rows.firstEntry().getValue().key();
            if (key.compareTo(read.key()) >= 0 && key.compareTo(read.target()) < 0) {
                Row row = history.state(key, read.revision());
                if (row != null) {
                    items.add(key + "@" + row.revision() + "=" + row.id());
                }
            }
        }
        items.sort(Comparator.comparing(item -> item.substring(0, item.indexOf('@'))));
        return String.join(" ", items);
    }

    /** Whether the key was at a mod revision (0: absent) at some instant from a revision on. */
    private boolean couldBe(String key, long mod, long from) {
        NavigableMap<Long, Row> rows = history.key(key);
        if (mod != 0) {
            Row row = rows.get(mod);
            Long replaced = rows.higherKey(mod);
            return row != null && !row.deleted() && (replaced == null || replaced > from);
        }
        return history.state(key, from) == null || rows.tailMap(from, false).values().stream().anyMatch(Row::deleted);
    }
}
