package io.jakube.db;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction did.
 *
 * @param succeeded whether the conditions held
 * @param revision its own revision where it wrote something, else the store's
 * @param results one per operation of the list that was applied, in its order
 */
public record TransactionResult(boolean succeeded, long revision, List<OperationResult> results) {
    public TransactionResult {
        results = List.copyOf(results);
    }

    /** What an operation did. */
    public sealed interface OperationResult {}

    /** @param previous the replaced value, null where the key is new */
    public record PutDone(@Nullable KeyValue previous) implements OperationResult {}

    /** @param previous what was deleted, in key order */
    public record DeleteDone(List<KeyValue> previous) implements OperationResult {
        public DeleteDone {
            previous = List.copyOf(previous);
        }
    }

    /** The read range. */
    public record GetDone(RangeResult range) implements OperationResult {}

    /** The nested transaction's result. */
    public record NestedDone(TransactionResult result) implements OperationResult {}
}
