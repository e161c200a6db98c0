package io.jakube.db;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several operations as one: all conditions are evaluated and one of the two lists applied at one instant. Everything it writes shares one revision.
 * The conditions of nested transactions are evaluated at that instant too, before any operation.
 *
 * @param conditions all must hold; none means yes
 * @param then operations where they hold, applied in order, each seeing what those before it did
 * @param otherwise operations where they do not
 */
public record Transaction(List<Condition> conditions, List<Operation> then, List<Operation> otherwise) {
    /** Most operations in each list. */
    public static final int MAX_OPERATIONS = 128;

    public Transaction {
        conditions = List.copyOf(conditions);
        then = List.copyOf(then);
        otherwise = List.copyOf(otherwise);
    }

    /** How a key's property relates to the wanted value. */
    public enum Relation {
        EQUAL,
        NOT_EQUAL,
        GREATER,
        LESS
    }

    /**
     * A condition on every key of a range. A range without keys counts as one key whose numbers are all 0; it has no value, and so fails any {@link ValueIs}.
     */
    public sealed interface Condition {
        KeyRange range();

        Relation relation();
    }

    /** A number of a key that can be compared. */
    public enum Number {
        VERSION,
        CREATE_REVISION,
        MOD_REVISION,
        LEASE
    }

    /** Compares a number. */
    public record NumberIs(KeyRange range, Number number, Relation relation, long wanted) implements Condition {
        public NumberIs {
            requireNonNull(range, "range is null");
            requireNonNull(number, "number is null");
            requireNonNull(relation, "relation is null");
        }
    }

    /** Compares the value, as unsigned bytes. */
    public record ValueIs(KeyRange range, Relation relation, byte[] wanted) implements Condition {
        public ValueIs {
            requireNonNull(range, "range is null");
            requireNonNull(relation, "relation is null");
            requireNonNull(wanted, "wanted is null");
        }
    }

    /** What a transaction does. */
    public sealed interface Operation {}

    /**
     * Writes a key. A transaction writes a key at most once.
     *
     * @param value new value; null keeps the one the key has, which must exist
     * @param lease lease to attach, 0 for none, {@link #KEEP_LEASE} for the one the key has, which must exist
     */
    public record Put(Key key, byte @Nullable [] value, long lease) implements Operation {
        public static final long KEEP_LEASE = -1;

        public Put {
            requireNonNull(key, "key is null");
        }
    }

    /** Deletes the keys of a range. */
    public record Delete(KeyRange range) implements Operation {
        public Delete {
            requireNonNull(range, "range is null");
        }
    }

    /** Reads a range; at revision 0 the state within the transaction, with what the operations before did. */
    public record Get(RangeRequest request) implements Operation {
        public Get {
            requireNonNull(request, "request is null");
        }

        public Get(KeyRange range, long revision, int limit) {
            this(RangeRequest.of(range).at(revision).limit(limit));
        }
    }

    /** A transaction within one, part of the same revision. Its conditions, as all others, are evaluated before any operation. */
    public record Nested(Transaction transaction) implements Operation {
        public Nested {
            requireNonNull(transaction, "transaction is null");
        }
    }
}
