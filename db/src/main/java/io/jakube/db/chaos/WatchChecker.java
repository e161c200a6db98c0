package io.jakube.db.chaos;

import io.jakube.db.chaos.History.Call;
import io.jakube.db.chaos.History.Row;
import io.jakube.db.chaos.History.Segment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Checks what watches delivered against the log. Stateless but for where violations go. */
final class WatchChecker {
    private final History history;
    private final BiConsumer<Invariant, String> violated;

    WatchChecker(History history, BiConsumer<Invariant, String> violated) {
        this.history = history;
        this.violated = violated;
    }

    void check(Segment segment) {
        long position = segment.first() - 1;
        boolean first = true;
        Set<String> seen = new HashSet<>();
        for (Call call : segment.calls()) {
            String where = segment.watch() + " from " + segment.first() + ", call up to " + call.revision();
            if (call.revision() <= position) {
                violated.accept(Invariant.BOOKMARKABLE, where + " after progress to " + position);
                continue;
            }
            List<String> expected = expected(segment, position, call.revision());
            List<String> got = List.of(call.events());
            if (!expected.equals(got)) {
                explain(segment, where, position, expected, got, seen, first);
            }
            seen.addAll(got);
            position = call.revision();
            first = false;
        }
        if (history.losses() == 0) {
            segment.ends().forEach(end -> violated.accept(Invariant.RELIABLE, segment.watch() + " was ended: " + end));
        }
    }

    private List<String> expected(Segment segment, long after, long upTo) {
        List<String> events = new ArrayList<>();
        for (List<Row> rows : history.log().subMap(after, false, upTo, true).values()) {
            for (Row row : rows) {
                if (row.key().compareTo(segment.from()) >= 0 && row.key().compareTo(segment.to()) < 0) {
                    events.add(row.key() + "@" + row.revision() + "/" + row.previous() + "=" + (row.deleted() ? "-" : row.id()));
                }
            }
        }
        return events;
    }

    private void explain(Segment segment, String where, long position, List<String> expected, List<String> got, Set<String> seen, boolean first) {
        long before = 0;
        for (String event : got) {
            long revision = revision(event);
            if (seen.contains(event)) {
                violated.accept(Invariant.UNIQUE, where + ": " + event + " came before");
            } else if (revision <= position) {
                violated.accept(Invariant.BOOKMARKABLE, where + ": " + event + " after progress to " + position);
            }
            if (revision < before) {
                violated.accept(Invariant.ORDERED, where + ": " + event + " after " + before);
            }
            before = revision;
            if (!expected.contains(event) && revision > position && !(history.isGone(revision) && !segment.ends().isEmpty())) {
                violated.accept(Invariant.FAITHFUL, where + ": " + event + " is not what the log holds");
            }
        }
        if (got.size() != new HashSet<>(got).size()) {
            violated.accept(Invariant.UNIQUE, where + ": an event twice in one call");
        }
        for (String event : expected) {
            if (!got.contains(event)) {
                boolean torn = got.stream().anyMatch(other -> revision(other) == revision(event));
                violated.accept(torn ? Invariant.ATOMIC : first ? Invariant.RESUMABLE : Invariant.RELIABLE, where + ": " + event + " is missing");
            }
        }
    }

    private static long revision(String event) {
        return Long.parseLong(event, event.indexOf('@') + 1, event.indexOf('/', event.indexOf('@')), 10);
    }
}
