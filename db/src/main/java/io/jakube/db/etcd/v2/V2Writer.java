package io.jakube.db.etcd.v2;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.etcd.v2.V2Exception.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes the tree. Each change looks at the tree and then applies itself as one transaction on condition that what it looked at is still so; if not, it looks
 * again.
 */
final class V2Writer {
    private final KeyValueStore store;
    private final V2Tree tree;

    V2Writer(KeyValueStore store, V2Tree tree) {
        this.store = requireNonNull(store, "store is null");
        this.tree = requireNonNull(tree, "tree is null");
    }

    /**
     * What a change may depend on.
     *
     * @param exists whether the node must exist or must not; null where that does not matter
     * @param value value it must have
     * @param index index it must have; 0 for any
     */
    record Expectation(@Nullable Boolean exists, @Nullable String value, long index) {
        boolean compares() {
            return value != null || index != 0;
        }

        void check(V2Node node) {
            List<String> failed = new ArrayList<>();
            if (value != null && !value.equals(node.value())) {
                failed.add("[" + value + " != " + node.value() + "]");
            }
            if (index != 0 && index != node.modified()) {
                failed.add("[" + index + " != " + node.modified() + "]");
            }
            if (!failed.isEmpty()) {
                throw new V2Exception(Code.TEST_FAILED, String.join(" ", failed));
            }
        }
    }

    /** Time to live of a written node, in seconds. @param given whether the client said anything about it */
    record TimeToLive(boolean given, long seconds) {
        static final TimeToLive NONE = new TimeToLive(false, 0);
    }

    /**
     * Sets, creates, updates or swaps a node.
     *
     * @param value null for a directory
     * @param refresh keep the value, and tell no watch
     * @return the change as clients see it
     */
    ObjectNode put(String path, @Nullable String value, TimeToLive ttl, Expectation expected, boolean refresh) {
        requireNotRoot(path);
        while (true) {
            Plan plan = new Plan();
            V2Node old = plan.look(path);
            V2Change change;
            if (expected.compares()) {
                V2Node present = requirePresent(path, old);
                if (present.isDirectory()) {
                    throw new V2Exception(Code.NOT_FILE, path);
                }
                expected.check(present);
                change = change("compareAndSwap", path, refresh ? present.value() : value == null ? "" : value, present.created(), ttl, present);
            } else if (Boolean.TRUE.equals(expected.exists())) {
                V2Node present = requirePresent(path, old);
                if (present.isDirectory() && value != null && !value.isEmpty()) {
                    throw new V2Exception(Code.NOT_FILE, path);
                }
                change = change("update", path, present.isDirectory() ? null : refresh ? present.value() : value == null ? "" : value, present.created(), ttl, present);
            } else if (Boolean.FALSE.equals(expected.exists())) {
                if (old != null) {
                    throw new V2Exception(Code.NODE_EXISTS, path);
                }
                change = change("create", path, value, 0, ttl, null);
            } else {
                if (old != null && old.isDirectory()) {
                    throw new V2Exception(Code.NOT_FILE, path);
                }
                change = change("set", path, value, 0, ttl, old);
            }
            Optional<ObjectNode> done = plan.apply(change, ttl, !refresh);
            if (done.isPresent()) {
                return done.get();
            }
        }
    }

    private static V2Change change(String action, String path, @Nullable String value, long created, TimeToLive ttl, @Nullable V2Node old) {
        long expires = ttl.seconds() > 0 ? System.currentTimeMillis() + ttl.seconds() * 1000 : 0;
        return new V2Change(action, new V2Node(path, value, created, 0, expires, 0), old);
    }

    /** Creates a node under a name that sorts behind all earlier ones: the index. */
    ObjectNode append(String directory, @Nullable String value, TimeToLive ttl) {
        while (true) {
            String path = (directory.equals("/") ? "" : directory) + "/" + String.format("%020d", tree.index() + 1);
            Plan plan = new Plan();
            if (plan.look(path) == null) {
                Optional<ObjectNode> done = plan.apply(change("create", path, value, 0, ttl, null), ttl, true);
                if (done.isPresent()) {
                    return done.get();
                }
            }
        }
    }

    ObjectNode delete(String path, boolean directory, boolean recursive, Expectation expected) {
        requireNotRoot(path);
        while (true) {
            V2Node old = tree.require(path);
            if (expected.compares()) {
                if (old.isDirectory()) {
                    throw new V2Exception(Code.NOT_FILE, path);
                }
                expected.check(old);
            } else if (old.isDirectory() && !directory && !recursive) {
                throw new V2Exception(Code.NOT_FILE, path);
            } else if (old.isDirectory() && !recursive && !tree.isEmpty(path)) {
                throw new V2Exception(Code.DIR_NOT_EMPTY, path);
            }
            Plan plan = new Plan();
            plan.unchanged(V2Tree.key(path), old.revision());
            plan.operations.add(new Transaction.Delete(KeyRange.single(V2Tree.key(path))));
            if (old.isDirectory()) {
                if (recursive) {
                    plan.operations.add(new Transaction.Delete(V2Tree.below(path)));
                } else {
                    plan.conditions.add(new Transaction.NumberIs(V2Tree.below(path), Transaction.Number.VERSION, Transaction.Relation.EQUAL, 0));
                }
            }
            V2Change change = new V2Change(expected.compares() ? "compareAndDelete" : "delete", new V2Node(path, old.value(), old.created(), 0, 0, 0), old);
            Optional<ObjectNode> done = plan.commit(change, true);
            if (done.isPresent()) {
                return done.get();
            }
        }
    }

    private static void requireNotRoot(String path) {
        if (path.equals("/")) {
            throw new V2Exception(Code.ROOT_READ_ONLY, "/");
        }
    }

    private static V2Node requirePresent(String path, @Nullable V2Node node) {
        if (node == null) {
            throw new V2Exception(Code.KEY_NOT_FOUND, path);
        }
        return node;
    }

    /** One attempt: what was seen, and what is to be done if it is still so. */
    private final class Plan {
        private final List<Transaction.Condition> conditions = new ArrayList<>();
        private final List<Transaction.Operation> operations = new ArrayList<>();
        private final List<String> missing = new ArrayList<>();

        /** Looks at a node and the directories above it, and remembers what it saw. */
        @Nullable V2Node look(String path) {
            for (String directory : V2Tree.above(path)) {
                V2Node node = missing.isEmpty() ? tree.find(directory).orElse(null) : null;
                if (node == null) {
                    missing.add(directory);
                } else if (!node.isDirectory()) {
                    throw new V2Exception(Code.NOT_DIR, directory);
                }
                unchangedExistence(V2Tree.key(directory), node != null);
            }
            V2Node node = missing.isEmpty() ? tree.find(path).orElse(null) : null;
            unchanged(V2Tree.key(path), node == null ? 0 : node.revision());
            return node;
        }

        void unchanged(Key key, long revision) {
            conditions.add(new Transaction.NumberIs(KeyRange.single(key), Transaction.Number.MOD_REVISION, Transaction.Relation.EQUAL, revision));
        }

        private void unchangedExistence(Key key, boolean exists) {
            conditions.add(new Transaction.NumberIs(
                    KeyRange.single(key), Transaction.Number.VERSION, exists ? Transaction.Relation.GREATER : Transaction.Relation.EQUAL, 0));
        }

        /** Writes the node of a change and the directories it needs. Empty where something has changed meanwhile. */
        Optional<ObjectNode> apply(V2Change change, TimeToLive ttl, boolean tell) {
            if (!missing.isEmpty()) {
                // What lay below a directory whose time is up.
                clear(missing.getFirst());
            }
            missing.forEach(directory -> operations.add(new Transaction.Put(V2Tree.key(directory), new V2Node(directory, null, 0, 0, 0, 0).stored(), 0)));
            long lease = ttl.seconds() > 0 ? store.grantLease(ttl.seconds(), V2Leases.id()) : 0;
            operations.add(new Transaction.Put(V2Tree.key(change.node().path()), change.node().stored(), lease));
            return commit(change, tell);
        }

        private void clear(String directory) {
            if (!tree.isEmpty(directory)) {
                Transaction.Condition gone = new Transaction.NumberIs(KeyRange.single(V2Tree.key(directory)), Transaction.Number.VERSION, Transaction.Relation.EQUAL, 0);
                store.transact(new Transaction(List.of(gone), List.of(new Transaction.Delete(V2Tree.below(directory))), List.of())).join();
            }
        }

        Optional<ObjectNode> commit(V2Change change, boolean tell) {
            if (tell) {
                operations.add(new Transaction.Put(V2Tree.EVENT, change.stored(), 0));
            }
            TransactionResult result = store.transact(new Transaction(conditions, operations, List.of())).join();
            return result.succeeded() ? Optional.of(change.json(result.revision())) : Optional.empty();
        }
    }
}
