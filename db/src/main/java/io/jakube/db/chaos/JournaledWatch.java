package io.jakube.db.chaos;

import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A watch that writes down what it is given, can be closed and resumed where it stood, and starts anew after it was ended. Thread-safe. */
final class JournaledWatch {
    private final KeyValueStore store;
    private final Journal journal;
    private final String name;
    private final KeyRange range;
    private long position;
    private int generation;
    private @Nullable AutoCloseable handle;

    JournaledWatch(KeyValueStore store, Journal journal, String name, KeyRange range) {
        this.store = store;
        this.journal = journal;
        this.name = name;
        this.range = range;
    }

    /** @param first first revision to deliver */
    synchronized void start(long first) {
        position = first - 1;
        int mine = ++generation;
        journal.line("s", name, first, range.from(), Objects.requireNonNull(range.to()));
        handle = store.watch(range, first, new WatchObserver() {
            @Override
            public void onEvents(List<WatchEvent> events, long revision) {
                delivered(mine, events, revision);
            }

            @Override
            public void onEnd(StoreException reason) {
                ended(mine, reason);
            }
        });
    }

    private synchronized void delivered(int from, List<WatchEvent> events, long revision) {
        if (from != generation) {
            return;
        }
        StringBuilder text = new StringBuilder();
        for (WatchEvent event : events) {
            KeyValue previous = event.previous();
            text.append(text.isEmpty() ? "" : " ").append(event.current().key()).append('@').append(event.revision()).append('/')
                    .append(previous == null ? 0 : previous.modRevision()).append('=').append(event.deleted() ? "-" : id(event.current().value()));
        }
        position = Math.max(position, revision);
        journal.line("w", name, System.nanoTime(), revision, text);
        notifyAll();
    }

    private void ended(int from, StoreException reason) {
        journal.line("e", name, reason.getClass().getSimpleName() + ": " + reason.getMessage());
        Thread.ofVirtual().start(() -> {
            long head = Patient.retry(store::currentRevision);
            synchronized (this) {
                if (from == generation) {
                    start(head + 1);
                }
            }
        });
    }

    /** Closes it and goes on where it stood. */
    void resume() {
        AutoCloseable old;
        synchronized (this) {
            old = handle;
            generation++;
        }
        try {
            if (old != null) {
                old.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("a watch cannot be closed", e);
        }
        synchronized (this) {
            start(position + 1);
        }
    }

    /** Waits until everything up to a revision was delivered. @return whether that was so in time */
    synchronized boolean await(long revision, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (position < revision) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** What a value is known by: its text up to the first blank. */
    static String id(byte[] value) {
        int end = 0;
        while (end < value.length && value[end] != ' ') {
            end++;
        }
        return new String(value, 0, end, StandardCharsets.UTF_8);
    }

}
