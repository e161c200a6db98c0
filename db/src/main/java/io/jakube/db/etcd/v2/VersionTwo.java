package io.jakube.db.etcd.v2;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.etcd.transport.HttpCall;
import io.jakube.db.etcd.v2.V2Exception.Code;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The version 2 API: keys, members and statistics. */
public final class VersionTwo {
    private static final String KEYS = "/v2/keys";
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private final KeyValueStore store;
    private final V2Tree tree;
    private final V2Writer writer;
    private final V2Members members;

    public VersionTwo(KeyValueStore store, V2Members members) {
        this.store = requireNonNull(store, "store is null");
        this.members = requireNonNull(members, "members is null");
        this.tree = new V2Tree(store);
        this.writer = new V2Writer(store, tree);
    }

    /** Answers any request below {@code /v2/}. */
    public void handle(HttpCall call) {
        String path = call.path();
        if (path.equals(KEYS) || path.startsWith(KEYS + "/")) {
            keys(call, V2Tree.clean(path.substring(KEYS.length())));
        } else {
            members.handle(call);
        }
    }

    private void keys(HttpCall call, String path) {
        try {
            V2Form form = V2Form.of(call);
            switch (call.method()) {
                case "GET", "HEAD" -> get(call, path, form);
                case "PUT" -> {
                    V2Writer.Expectation expected = form.expectation();
                    boolean refresh = form.flag("refresh");
                    if (refresh && form.text("value") != null) {
                        throw new V2Exception(Code.INVALID_FIELD, "value provided on refresh");
                    }
                    boolean directory = form.flag("dir");
                    String value = form.text("value");
                    respondChange(call, writer.put(path, directory ? null : value == null ? "" : value, form.timeToLive(), expected, refresh), created(call));
                }
                case "POST" -> respondChange(call, writer.append(path, form.flag("dir") ? null : form.textOr("value", ""), form.timeToLive()), true);
                case "DELETE" -> respondChange(call, writer.delete(path, form.flag("dir"), form.flag("recursive"), form.expectation()), false);
                default -> call.respond(405, Map.of("Allow", "HEAD, GET, PUT, POST, DELETE", "Content-Type", "text/plain; charset=utf-8"), "Method Not Allowed\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        } catch (V2Exception e) {
            respond(call, e.status(), e.body(tree.index()));
        } catch (CompletionException e) {
            refuse(call, e.getCause());
        } catch (StoreException e) {
            refuse(call, e);
        }
    }

    private static boolean created(HttpCall call) {
        return call.method().equals("PUT");
    }

    private void refuse(HttpCall call, @Nullable Throwable reason) {
        String cause = reason instanceof StoreException.InvalidRequest invalid ? String.valueOf(invalid.getMessage()) : "etcdserver: request timed out";
        call.respond(500, JSON, Json.write(new V2Exception(Code.RAFT_INTERNAL, cause).body(0)));
    }

    private void get(HttpCall call, String path, V2Form form) {
        if (form.flag("wait")) {
            long from = form.number("waitIndex", Code.INDEX_NAN);
            long oldest = store.compactRevision();
            if (from > 0 && from < oldest) {
                throw new V2Exception(Code.EVENT_INDEX_CLEARED, "the requested history has been cleared [" + oldest + "/" + from + "]");
            }
            V2Watch.start(store, call, path, form.flag("recursive"), form.flag("stream"), from, headers(tree.index()));
            return;
        }
        V2Node node = tree.require(path);
        ObjectNode shown = node.json();
        if (node.isDirectory()) {
            list(shown, path, form.flag("recursive"));
        }
        ObjectNode body = Json.object().put("action", "get");
        body.set("node", shown);
        respond(call, 200, body);
    }

    /** Adds what is in a directory; with {@code recursive} what is in those below it too. */
    private void list(ObjectNode shown, String path, boolean recursive) {
        Map<String, ObjectNode> directories = new LinkedHashMap<>();
        directories.put(path, shown);
        for (V2Node node : tree.descendants(path)) {
            int slash = node.path().lastIndexOf('/');
            ObjectNode parent = directories.get(slash == 0 ? "/" : node.path().substring(0, slash));
            if (parent == null || node.isHidden()) {
                continue;
            }
            ObjectNode json = node.json();
            ArrayNode siblings = parent.has("nodes") ? (ArrayNode) parent.get("nodes") : parent.putArray("nodes");
            siblings.add(json);
            if (node.isDirectory() && recursive) {
                directories.put(node.path(), json);
            }
        }
        directories.values().forEach(VersionTwo::indexesLast);
    }

    /** The order of fields clients are used to. */
    private static void indexesLast(ObjectNode node) {
        for (String field : List.of("modifiedIndex", "createdIndex")) {
            var value = node.remove(field);
            if (value != null) {
                node.set(field, value);
            }
        }
    }

    private void respondChange(HttpCall call, ObjectNode change, boolean mayCreate) {
        boolean created = mayCreate && !change.has("prevNode");
        respond(call, created ? 201 : 200, change);
    }

    private void respond(HttpCall call, int status, ObjectNode body) {
        byte[] text = Json.write(body);
        byte[] line = java.util.Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        long index = body.path("node").path("modifiedIndex").asLong();
        call.respond(status, headers(Math.max(index, body.has("index") ? body.get("index").asLong() : tree.index())), line);
    }

    private Map<String, String> headers(long index) {
        return Map.of(
                "Content-Type", "application/json",
                "X-Etcd-Cluster-Id", members.clusterId(),
                "X-Etcd-Index", Long.toString(index),
                "X-Raft-Index", Long.toString(index),
                "X-Raft-Term", "2");
    }
}
