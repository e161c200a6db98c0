package io.jakube.db.history;

import java.time.Instant;
import java.util.List;

/**
 * What one revision did to a key.
 *
 * @param revision its revision
 * @param at when, by the database's clock
 * @param kind what happened
 * @param managers who: the field managers whose entries in {@code metadata.managedFields} are new or renewed; empty where the value does not say
 * @param changes what: a line per field, {@code path: before → after}
 */
public record ObjectChange(long revision, Instant at, Kind kind, List<String> managers, List<String> changes) {
    /** What happened to the key. */
    public enum Kind { CREATED, CHANGED, DELETED, KEPT }

    public ObjectChange {
        managers = List.copyOf(managers);
        changes = List.copyOf(changes);
    }
}
