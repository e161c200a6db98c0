package io.jakube.db;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What to follow.
 *
 * @param range keys to follow
 * @param startRevision first revision to deliver, inclusive; 0 starts after the current one
 * @param puts whether creations and updates are wanted
 * @param deletes whether deletions are wanted
 */
public record WatchRequest(KeyRange range, long startRevision, boolean puts, boolean deletes) {
    public WatchRequest {
        requireNonNull(range, "range is null");
    }

    public static WatchRequest of(KeyRange range, long startRevision) {
        return new WatchRequest(range, startRevision, true, true);
    }

    /** Hands on what is wanted, and all progress. */
    WatchObserver filter(WatchObserver observer) {
        if (puts && deletes) {
            return observer;
        }
        return new WatchObserver() {
            @Override
            public void onEvents(List<WatchEvent> events, long revision) {
                observer.onEvents(events.stream().filter(event -> event.deleted() ? deletes : puts).toList(), revision);
            }

            @Override
            public void onEnd(StoreException reason) {
                observer.onEnd(reason);
            }
        };
    }
}
