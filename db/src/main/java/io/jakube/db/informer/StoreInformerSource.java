package io.jakube.db.informer;

import static java.util.Objects.requireNonNull;

import io.jakube.common.api.GroupResource;
import io.jakube.common.informer.InformerSource;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;

/**
 * Feeds informers from the store itself: a consistent list, then the changes after its revision. All feeds of a process share the store's one reader of the log.
 *
 * <p>The namespace narrows the range that is read; label and field selectors are evaluated here. An object that starts or ceases to match is ADDED or
 * DELETED, with its last matching state, as a watch of the API would tell it.
 */
public final class StoreInformerSource implements InformerSource {
    private final KeyValueStore store;

    /** @param store stays the caller's to close; reading rights are enough */
    public StoreInformerSource(KeyValueStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    /** @throws io.jakube.common.status.ApiException 400 for a selector outside the syntax */
    @Override
    public AutoCloseable start(GroupResource resource, Filter filter, Sink sink) {
        requireNonNull(sink, "sink is null");
        InformerFeed feed = new InformerFeed(store, resource, KeyRange.prefix(prefix(resource, filter)), new ObjectFilter(filter), sink);
        feed.start();
        return feed;
    }

    private static Key prefix(GroupResource resource, Filter filter) {
        String group = resource.group().isEmpty() ? "core" : resource.group();
        return Key.of("/registry/" + group + "/" + resource.resource() + "/" + (filter.namespace().isEmpty() ? "" : filter.namespace() + "/"));
    }
}
