package io.jakube.apiserver.registry;

import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.OutputFormat.View;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.apiserver.watchcache.CacheEvent;
import io.jakube.apiserver.watchcache.CacheWatcher;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes one watch: initial events if asked for, then changes as they come, bookmarks in between. Everything that is queued goes out in
 * one flush. Ends when its time is over, the client is gone, the server stops (then without a word, so that the client asks again), or the
 * client was too slow to be served every change.
 */
final class WatchStream implements ApiResponse.Writer {
    private static final Duration BOOKMARK_EVERY = Duration.ofSeconds(50);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(5);
    private static final int INITIAL_EVENTS_PER_FLUSH = 500;
    private static final byte[] END = "}\n".getBytes(StandardCharsets.UTF_8);

    private enum Type {
        ADDED,
        MODIFIED,
        DELETED,
        BOOKMARK,
        ERROR;

        private final byte[] start = ("{\"type\":\"" + name() + "\",\"object\":").getBytes(StandardCharsets.UTF_8);
    }

    private final Start start;
    private final Selection selection;
    private final Renderer renderer;
    private final Renderer.Form form;
    private final Mode mode;
    private final @Nullable String indexedField;
    private boolean firstTable = true;

    /**
     * @param initialEvents whether to begin with an ADDED for each object there is
     * @param initialBookmark whether to say by a bookmark that the initial events are over
     * @param bookmarks whether the client wants bookmarks
     * @param timeout when to end
     */
    record Mode(boolean initialEvents, boolean initialBookmark, boolean bookmarks, Duration timeout) {}

    /** Begins the watch, on the stream's own thread, so that nothing is registered for a stream that never runs. */
    @FunctionalInterface
    interface Start {
        /** @throws ApiException sent as an ERROR event */
        CacheWatcher begin();
    }

    WatchStream(Start start, Selection selection, Renderer renderer, Renderer.Form form, Mode mode, @Nullable String indexedField) {
        this.start = start;
        this.selection = selection;
        this.renderer = renderer;
        this.form = form;
        this.mode = mode;
        this.indexedField = indexedField;
    }

    @Override
    public void write(OutputStream out, BooleanSupplier closing) throws IOException, InterruptedException {
        try (CacheWatcher watcher = start.begin()) {
            long deadline = System.nanoTime() + mode.timeout().toNanos();
            if (mode.initialEvents()) {
                writeInitialEvents(out, watcher);
            }
            out.flush();
            long nextBookmark = System.nanoTime() + jitter(BOOKMARK_EVERY);
            while (!closing.getAsBoolean()) {
                long now = System.nanoTime();
                if (now >= deadline) {
                    return;
                }
                CacheWatcher.Batch batch = watcher.poll(Duration.ofNanos(Math.min(CHECK_EVERY.toNanos(), deadline - now)));
                if (batch == null) {
                    return;
                }
                boolean wrote = false;
                for (CacheEvent event : batch.events()) {
                    wrote |= write(out, event);
                }
                if (mode.bookmarks() && batch.progress() > 0 && System.nanoTime() >= nextBookmark) {
                    frame(out, Type.BOOKMARK, renderer.bookmark(form, batch.progress(), false));
                    nextBookmark = System.nanoTime() + jitter(BOOKMARK_EVERY);
                    wrote = true;
                }
                if (wrote) {
                    out.flush();
                }
            }
        } catch (ApiException e) {
            if (e.is("ServiceUnavailable")) {
                return;
            }
            frame(out, Type.ERROR, Json.write(e.toStatus()));
            out.flush();
        }
    }

    private void writeInitialEvents(OutputStream out, CacheWatcher watcher) throws IOException {
        List<StoredObject> objects = new ArrayList<>();
        watcher.start().visit(selection.range(indexedField), "", object -> {
            if (selection.matches(object)) {
                objects.add(object);
            }
            return true;
        });
        int unflushed = 0;
        for (StoredObject object : objects) {
            send(out, Type.ADDED, object);
            if (++unflushed == INITIAL_EVENTS_PER_FLUSH) {
                out.flush();
                unflushed = 0;
            }
        }
        if (mode.initialBookmark()) {
            frame(out, Type.BOOKMARK, renderer.bookmark(form, watcher.start().revision(), true));
        }
    }

    /** A change as this client sees it: entering the selection is ADDED, leaving it is DELETED. */
    private boolean write(OutputStream out, CacheEvent event) throws IOException {
        StoredObject now = event.current();
        StoredObject before = event.previous();
        boolean selected = now != null && selection.matches(now);
        boolean wasSelected = before != null && selection.matches(before);
        if (now != null && selected) {
            send(out, wasSelected ? Type.MODIFIED : Type.ADDED, now);
            return true;
        }
        if (before != null && wasSelected) {
            send(out, Type.DELETED, before.withRevision(event.revision()));
            return true;
        }
        return false;
    }

    private void send(OutputStream out, Type type, StoredObject object) throws IOException {
        frame(out, type, renderer.event(form, object, firstTable));
        if (form.format().view() == View.TABLE) {
            firstTable = false;
        }
    }

    private static void frame(OutputStream out, Type type, byte[] object) throws IOException {
        out.write(type.start);
        out.write(object);
        out.write(END);
    }

    private static long jitter(Duration duration) {
        return duration.toNanos() + ThreadLocalRandom.current().nextLong(duration.toNanos() / 5);
    }
}
