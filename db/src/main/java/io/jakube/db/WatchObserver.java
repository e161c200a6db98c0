package io.jakube.db;

import java.util.List;

/**
 * Receives a watch. Calls come from one thread at a time. Events come in revision order, each once, without gaps; all events of one revision are in one call.
 * An observer must not block for long: it shares the process's feed with others.
 */
public interface WatchObserver {
    /**
     * @param events non-empty, in revision order (may be empty only to report progress)
     * @param revision everything up to and including this revision has been delivered to this observer
     */
    void onEvents(List<WatchEvent> events, long revision);

    /**
     * The watch ended, and this is its last call.
     *
     * @param reason {@link StoreException.Compacted} where history is gone: read the range anew; {@link StoreException.LostWrites}
     *     where a failover lost acknowledged writes: drop what was cached and read anew
     */
    void onEnd(StoreException reason);
}
