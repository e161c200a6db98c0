package io.jakube.apiserver.registry;

import io.jakube.apiserver.storage.ObjectStorage;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.apiserver.watchcache.Snapshot;
import io.jakube.apiserver.watchcache.WatchCache;
import io.jakube.apiserver.watchcache.WatchCaches;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.ApiException.Cause;
import io.jakube.db.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads lists by the rules of resourceVersion and resourceVersionMatch (API concepts, "Semantics for get and list"): from the watch
 * cache where it has the state asked for, else from the store's history. Thread-safe.
 */
public final class ListReader {
    private static final Duration FRESHNESS_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration RECENT_TIMEOUT = Duration.ofSeconds(1);

    private final ObjectStorage storage;
    private final WatchCaches caches;

    public ListReader(ObjectStorage storage, WatchCaches caches) {
        this.storage = storage;
        this.caches = caches;
    }

    /**
     * A page of a list.
     *
     * @param continueToken empty on the last page
     * @param remaining objects behind this page; -1 where not known
     */
    record Page(List<StoredObject> items, long revision, String continueToken, long remaining) {}

    /** @throws ApiException 400, 410 Expired, 504 for a version that is yet to come */
    Page list(ResourceType type, Selection selection, ListOptions options) {
        WatchCache cache = caches.of(type.definition());
        if (!options.continueToken().isEmpty()) {
            return goOn(type, cache, selection, options);
        }
        long version = options.version();
        if (options.resourceVersion().isEmpty()) {
            Optional<Snapshot> snapshot = cache.consistent(FRESHNESS_TIMEOUT);
            return snapshot.isPresent() ? page(cache, snapshot.get(), selection, "", options.limit()) : stored(type, selection, "", 0, options.limit());
        }
        if (version == 0) {
            return page(cache, cache.recent(RECENT_TIMEOUT), selection, "", options.limit());
        }
        boolean exact = options.match().equals("Exact") || (options.match().isEmpty() && options.limit() > 0);
        Snapshot newEnough = cache.await(version, FRESHNESS_TIMEOUT).orElseThrow(() -> tooLarge(version, cache));
        if (!exact) {
            return page(cache, newEnough, selection, "", options.limit());
        }
        return at(type, cache, selection, "", version, options.limit())
                .orElseThrow(() -> ApiException.expired("The resourceVersion for the provided list is too old."));
    }

    /** A state not older than a version, for reads of single objects. */
    Snapshot notOlderThan(ResourceType type, long version) {
        WatchCache cache = caches.of(type.definition());
        return version == 0 ? cache.recent(RECENT_TIMEOUT) : cache.await(version, FRESHNESS_TIMEOUT).orElseThrow(() -> tooLarge(version, cache));
    }

    private Page goOn(ResourceType type, WatchCache cache, Selection selection, ListOptions options) {
        if (!options.resourceVersion().isEmpty() && !options.resourceVersion().equals("0")) {
            throw ApiException.badRequest("specifying resource version is not allowed when using continue");
        }
        ContinueToken token = ContinueToken.decode(options.continueToken());
        if (token.revision() == ContinueToken.LATEST) {
            Optional<Snapshot> snapshot = cache.consistent(FRESHNESS_TIMEOUT);
            return snapshot.isPresent()
                    ? page(cache, snapshot.get(), selection, token.after(), options.limit())
                    : stored(type, selection, token.after(), 0, options.limit());
        }
        return at(type, cache, selection, token.after(), token.revision(), options.limit()).orElseThrow(() -> ApiException.expired(
                "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the "
                        + "continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - "
                        + "objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.")
                .withContinue(new ContinueToken(ContinueToken.LATEST, token.after()).encode()));
    }

    /** A page of the state at exactly a revision; empty if it is gone. */
    private Optional<Page> at(ResourceType type, WatchCache cache, Selection selection, String after, long revision, int limit) {
        Optional<Snapshot> snapshot = cache.at(revision);
        if (snapshot.isPresent()) {
            return Optional.of(page(cache, snapshot.get(), revision, selection, after, limit));
        }
        try {
            return Optional.of(stored(type, selection, after, revision, limit));
        } catch (StoreException.Compacted e) {
            return Optional.empty();
        } catch (StoreException.FutureRevision e) {
            throw tooLarge(revision, cache);
        }
    }

    private static Page page(WatchCache cache, Snapshot snapshot, Selection selection, String after, int limit) {
        return page(cache, snapshot, snapshot.revision(), selection, after, limit);
    }

    private static Page page(WatchCache cache, Snapshot snapshot, long revision, Selection selection, String after, int limit) {
        List<StoredObject> items = new ArrayList<>();
        boolean[] more = {false};
        snapshot.visit(selection.range(cache.indexedField()), after, object -> {
            if (!selection.matches(object)) {
                return true;
            }
            if (limit > 0 && items.size() == limit) {
                more[0] = true;
                return false;
            }
            items.add(object);
            return true;
        });
        if (!more[0]) {
            return new Page(items, revision, "", -1);
        }
        String last = items.getLast().path();
        long remaining = selection.everything() ? snapshot.countBehind(selection.namespace(), last) : -1;
        return new Page(items, revision, new ContinueToken(revision, last).encode(), remaining);
    }

    /** Reads the store itself, in as many round trips as the selection needs. */
    private Page stored(ResourceType type, Selection selection, String start, long revision, int limit) {
        String prefix = selection.namespace().isEmpty() ? "" : selection.namespace() + "/";
        List<StoredObject> items = new ArrayList<>();
        String after = start;
        long at = revision;
        while (true) {
            ObjectStorage.Page read = storage.list(type.definition(), prefix, after, at, limit);
            at = read.revision();
            for (StoredObject object : read.items()) {
                after = object.path();
                if (selection.matches(object)) {
                    items.add(object);
                    if (limit > 0 && items.size() == limit) {
                        boolean more = read.items().getLast() != object || read.remaining() > 0;
                        return new Page(items, at, more ? new ContinueToken(at, after).encode() : "", -1);
                    }
                }
            }
            if (read.remaining() == 0 || read.items().isEmpty()) {
                return new Page(items, at, "", -1);
            }
        }
    }

    private static ApiException tooLarge(long version, WatchCache cache) {
        return ApiException.timeout("Too large resource version: " + version + ", current: " + cache.latest().revision(), 1)
                .withCauses(List.of(new Cause("ResourceVersionTooLarge", "Too large resource version", "")));
    }
}
