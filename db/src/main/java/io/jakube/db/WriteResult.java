package io.jakube.db;

/** Outcome of a single compare-and-swap write. */
public sealed interface WriteResult {
    /**
     * The write is durable.
     *
     * @param revision its revision
     */
    record Committed(long revision) implements WriteResult {}

    /**
     * Nothing was written: the key is not at the expected revision.
     *
     * @param currentRevision the key's mod revision, 0 where it does not exist
     */
    record Conflict(long currentRevision) implements WriteResult {}
}
