package io.jakube.db;

import java.time.Instant;

/**
 * A key's state from one revision on.
 *
 * @param deleted whether the key ceased to be; {@code value} then carries the deletion's revision and no bytes
 * @param value the state
 * @param writtenAt when it was committed, by the database's clock
 */
public record HistoryEntry(boolean deleted, KeyValue value, Instant writtenAt) {}
