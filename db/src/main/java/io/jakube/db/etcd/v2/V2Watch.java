package io.jakube.db.etcd.v2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import io.jakube.db.etcd.transport.HttpCall;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A long poll, or a stream, of the changes of a node or of what is below it. */
final class V2Watch implements WatchObserver {
    private final HttpCall call;
    private final String path;
    private final boolean recursive;
    private final boolean stream;
    private @Nullable AutoCloseable handle;
    private boolean done;

    private V2Watch(HttpCall call, String path, boolean recursive, boolean stream) {
        this.call = call;
        this.path = path;
        this.recursive = recursive;
        this.stream = stream;
    }

    /**
     * Answers a call when something happens.
     *
     * @param from first index that counts; 0 for what is yet to come
     */
    static void start(KeyValueStore store, HttpCall call, String path, boolean recursive, boolean stream, long from, Map<String, String> headers) {
        V2Watch watch = new V2Watch(call, path, recursive, stream);
        call.begin(200, headers);
        call.onGone(watch::finish);
        AutoCloseable started = store.watch(V2Tree.everything(), from, watch);
        synchronized (watch) {
            watch.handle = started;
            if (!watch.done) {
                return;
            }
        }
        watch.finish();
    }

    @Override
    public void onEvents(List<WatchEvent> events, long upTo) {
        int start = 0;
        while (start < events.size()) {
            int end = start;
            while (end < events.size() && events.get(end).revision() == events.get(start).revision()) {
                end++;
            }
            revision(events.subList(start, end));
            start = end;
        }
    }

    /** A written-down change, or nodes whose time was up. */
    private void revision(List<WatchEvent> events) {
        for (WatchEvent event : events) {
            if (!event.deleted() && event.current().key().equals(V2Tree.EVENT)) {
                ObjectNode change = V2Change.restored(event.current().value(), event.revision());
                if (concerns(change.path("node").path("key").textValue(), change)) {
                    send(change);
                }
                return;
            }
        }
        for (WatchEvent event : events) {
            if (event.deleted() && event.previous() != null) {
                V2Tree.path(event.current().key()).ifPresent(name -> {
                    V2Node gone = V2Node.read(name, event.previous());
                    if (gone.expires() != 0) {
                        ObjectNode change = new V2Change("expire", new V2Node(name, gone.value(), gone.created(), 0, 0, 0), gone).json(event.revision());
                        if (concerns(name, change)) {
                            send(change);
                        }
                    }
                });
            }
        }
    }

    /** A directory's end concerns everything below it too. Nodes with an underscore concern only those who name them. */
    private boolean concerns(String changed, ObjectNode change) {
        if (changed.equals(path)) {
            return true;
        }
        String action = change.path("action").asText();
        boolean ends = action.equals("delete") || action.equals("expire");
        if (ends && change.path("node").path("dir").asBoolean() && path.startsWith(changed + "/")) {
            return true;
        }
        String prefix = path.equals("/") ? "/" : path + "/";
        return recursive && changed.startsWith(prefix) && !changed.substring(prefix.length() - 1).contains("/_");
    }

    private synchronized void send(ObjectNode change) {
        if (done) {
            return;
        }
        call.write(line(change));
        if (!stream) {
            call.end();
            Thread.startVirtualThread(this::finish);
            done = true;
        }
    }

    private static byte[] line(ObjectNode json) {
        byte[] text = Json.write(json);
        byte[] line = java.util.Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        return line;
    }

    @Override
    public synchronized void onEnd(StoreException reason) {
        if (!done) {
            done = true;
            call.end();
        }
    }

    private void finish() {
        AutoCloseable open;
        synchronized (this) {
            done = true;
            open = handle;
            handle = null;
        }
        if (open != null) {
            try {
                open.close();
            } catch (Exception e) {
                throw new IllegalStateException("a watch could not be closed", e);
            }
        }
    }
}
