package io.jakube.db.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The journals of all processes, and the log as it is at the end. Not thread-safe. */
final class History {
    /**
     * An operation.
     *
     * @param end when it ended; the largest long where its process did before it
     * @param target second key of a transaction, end of a read's range; empty for others
     * @param outcome {@code ok}, {@code conflict}, {@code read}, {@code failed} (known not to be applied), {@code unknown}, {@code lost}, {@code error}
     * @param revision of the outcome
     * @param text what was read, or what went wrong
     */
    record Operation(String id, String kind, String key, long expected, String target, long begin, long end, String outcome, long revision, String text) {
        boolean mayBeApplied() {
            return outcome.equals("unknown") || outcome.equals("error");
        }
    }

    /** A row of the log; {@code id} is empty for a deletion. */
    record Row(long revision, int sub, String key, long create, long previous, long version, boolean deleted, String id) {}

    /** What a watch wrote down, from one start to the next. */
    record Segment(String watch, long first, String from, String to, List<Call> calls, List<String> ends) {}

    /** One delivery. */
    record Call(long time, long revision, String[] events) {}

    private final Map<String, Operation> operations = new LinkedHashMap<>();
    private final List<Segment> segments = new ArrayList<>();
    private final NavigableMap<Long, List<Row>> log = new TreeMap<>();
    private final Map<String, NavigableMap<Long, Row>> keys = new LinkedHashMap<>();

    Map<String, Operation> operations() {
        return operations;
    }

    List<Segment> segments() {
        return segments;
    }

    NavigableMap<Long, List<Row>> log() {
        return log;
    }

    /** The rows of one key by revision. */
    NavigableMap<Long, Row> key(String key) {
        return keys.getOrDefault(key, new TreeMap<>());
    }

    Iterable<NavigableMap<Long, Row>> keys() {
        return keys.values();
    }

    long head() {
        return log.isEmpty() ? 0 : log.lastKey();
    }

    /** The key's live row at a revision. */
    @Nullable Row state(String key, long revision) {
        Map.Entry<Long, Row> found = key(key).floorEntry(revision);
        return found == null || found.getValue().deleted() ? null : found.getValue();
    }

    /** How often the store said that writes are lost: revisions then jump to the deletion of the empty key. */
    int losses() {
        return (int) key("").keySet().stream().filter(revision -> revision > 1).count();
    }

    /** Whether a revision is one of those that a loss took back. */
    boolean isGone(long revision) {
        return revision < head() && !log.containsKey(revision) && losses() > 0;
    }

    /** Rows come in the order of revision and sub. */
    void add(Row row) {
        log.computeIfAbsent(row.revision(), revision -> new ArrayList<>(1)).add(row);
        keys.computeIfAbsent(row.key(), key -> new TreeMap<>()).put(row.revision(), row);
    }

    void addJournal(Path file) throws IOException {
        Map<String, Segment> current = new LinkedHashMap<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split("\t", -1);
                switch (fields[0]) {
                    case "i" -> operations.put(fields[1], begun(fields));
                    case "r" -> operations.computeIfPresent(fields[1], (id, operation) -> ended(operation, fields));
                    case "s" -> {
                        Segment segment = new Segment(fields[1], Long.parseLong(fields[2]), fields[3], fields[4], new ArrayList<>(), new ArrayList<>());
                        segments.add(segment);
                        current.put(fields[1], segment);
                    }
                    case "w" -> current.get(fields[1]).calls()
                            .add(new Call(Long.parseLong(fields[2]), Long.parseLong(fields[3]), fields[4].isEmpty() ? new String[0] : fields[4].split(" ")));
                    case "e" -> current.get(fields[1]).ends().add(fields[2]);
                    default -> throw new IOException("unknown line in " + file + ": " + line);
                }
            }
        }
    }

    private static Operation begun(String[] fields) {
        boolean read = fields[3].equals("read");
        return new Operation(fields[1], fields[3], fields[4], read ? 0 : Long.parseLong(fields[5]), read ? fields[5] : fields.length > 6 ? fields[6] : "",
                Long.parseLong(fields[2]), Long.MAX_VALUE, "unknown", 0, "");
    }

    private static Operation ended(Operation operation, String[] fields) {
        boolean numbered = fields[3].equals("ok") || fields[3].equals("conflict") || fields[3].equals("read");
        return new Operation(operation.id(), operation.kind(), operation.key(), operation.expected(), operation.target(), operation.begin(), Long.parseLong(fields[2]),
                fields[3], numbered ? Long.parseLong(fields[4]) : 0, numbered ? fields.length > 5 ? fields[5] : "" : fields.length > 4 ? fields[4] : "");
    }
}
