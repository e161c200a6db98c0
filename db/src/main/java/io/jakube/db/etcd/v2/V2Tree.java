package io.jakube.db.etcd.v2;

import static java.util.Objects.requireNonNull;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.RangeResult;
import io.jakube.db.etcd.v2.V2Exception.Code;
import io.jakube.db.etcd.v3.KeySpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the tree. A node counts only while all directories above it do. Thread-safe. */
final class V2Tree {
    /** Where the last change is written down. */
    static final Key EVENT = KeySpace.hidden("v2event");

    private static final String NODES = "v2node";

    private final KeyValueStore store;

    V2Tree(KeyValueStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    static Key key(String path) {
        return KeySpace.hidden(NODES + path);
    }

    /** The nodes below a directory. */
    static KeyRange below(String path) {
        return KeyRange.prefix(key(path.equals("/") ? "/" : path + "/"));
    }

    /** Everything of the tree, the event too. */
    static KeyRange everything() {
        return KeyRange.prefix(KeySpace.hidden("v2"));
    }

    /** The path of a stored key; empty where it is no node. */
    static Optional<String> path(Key key) {
        String text = key.toString();
        int start = text.indexOf(NODES);
        return start < 0 ? Optional.empty() : Optional.of(text.substring(start + NODES.length()));
    }

    /** One slash between names, none at the end, "." and ".." resolved. */
    static String clean(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.removeLast();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return "/" + String.join("/", names);
    }

    /** The directories above a path, the root left out, topmost first. */
    static List<String> above(String path) {
        List<String> paths = new ArrayList<>();
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            paths.add(path.substring(0, slash));
        }
        return paths;
    }

    Optional<V2Node> find(String path) {
        if (path.equals("/")) {
            return Optional.of(V2Node.root());
        }
        List<KeyValue> found = store.range(KeyRange.single(key(path)), 0, 0).items();
        return found.isEmpty() ? Optional.empty() : Optional.of(V2Node.read(path, found.getFirst()));
    }

    /** @throws V2Exception where the node or a directory above it is missing, naming the topmost that is */
    V2Node require(String path) {
        for (String directory : above(path)) {
            V2Node node = find(directory).orElseThrow(() -> new V2Exception(Code.KEY_NOT_FOUND, directory));
            if (!node.isDirectory()) {
                throw new V2Exception(Code.NOT_DIR, directory);
            }
        }
        return find(path).orElseThrow(() -> new V2Exception(Code.KEY_NOT_FOUND, path));
    }

    /** All nodes below a directory, by path. */
    List<V2Node> descendants(String path) {
        RangeResult found = store.range(below(path), 0, 0);
        List<V2Node> nodes = new ArrayList<>();
        for (KeyValue item : found.items()) {
            path(item.key()).ifPresent(name -> nodes.add(V2Node.read(name, item)));
        }
        return nodes;
    }

    boolean isEmpty(String path) {
        return store.range(below(path), 0, 1).items().isEmpty();
    }

    long index() {
        return store.currentRevision();
    }
}
