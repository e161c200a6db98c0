package io.jakube.apiserver.watchcache;

import io.jakube.apiserver.storage.ObjectKeys;
import io.jakube.apiserver.storage.StoredObject;
import java.util.Optional;
import java.util.function.Predicate;

/** All objects of a resource at one revision. Immutable. */
public final class Snapshot {
    /** Follows {@code /} in the order of characters, so {@code ns0} ends the range of {@code ns/}. */
    private static final char AFTER_SLASH = '0';
    private static final char SEPARATOR = '\u0000';

    private final long revision;
    private final SortedTree<StoredObject> objects;
    private final SortedTree<StoredObject> byField;

    Snapshot(long revision, SortedTree<StoredObject> objects, SortedTree<StoredObject> byField) {
        this.revision = revision;
        this.objects = objects;
        this.byField = byField;
    }

    /** Which objects to look at. */
    public sealed interface Range {
        /** Everything, or one namespace. @param namespace empty for all */
        record Namespace(String namespace) implements Range {}

        /** Objects whose indexed field has this value. */
        record Indexed(String value) implements Range {}
    }

    public long revision() {
        return revision;
    }

    public int size() {
        return objects.size();
    }

    public Optional<StoredObject> get(String namespace, String name) {
        return Optional.ofNullable(objects.get(ObjectKeys.path(namespace, name)));
    }

    SortedTree<StoredObject> objects() {
        return objects;
    }

    SortedTree<StoredObject> byField() {
        return byField;
    }

    Optional<StoredObject> get(String path) {
        return Optional.ofNullable(objects.get(path));
    }

    /**
     * Visits objects in path order until the visitor returns false.
     *
     * @param after path to start behind, empty for the start
     */
    public void visit(Range range, String after, Predicate<StoredObject> visitor) {
        String behind = after.isEmpty() ? "" : after + SEPARATOR;
        switch (range) {
            case Range.Namespace(String namespace) when namespace.isEmpty() -> objects.visit(behind, null, (path, object) -> visitor.test(object));
            case Range.Namespace(String namespace) -> {
                String from = namespace + "/";
                objects.visit(behind.compareTo(from) > 0 ? behind : from, namespace + AFTER_SLASH, (path, object) -> visitor.test(object));
            }
            case Range.Indexed(String value) -> byField.visit(value + SEPARATOR + behind, value + (char) (SEPARATOR + 1), (path, object) -> visitor.test(object));
        }
    }

    /** How many objects of a namespace (or of all, if empty) lie behind a path. */
    public int countBehind(String namespace, String after) {
        String behind = after + SEPARATOR;
        return namespace.isEmpty() ? objects.count(behind, null) : objects.count(behind, namespace + AFTER_SLASH);
    }

    static String indexKey(String value, String path) {
        return value + SEPARATOR + path;
    }
}
