package io.jakube.db.postgres;

import java.util.HashMap;
import java.util.Map;

/**
 * The feeds of this process by database URL, for stores that share. It is static because the services that share one process are separate applications
 * there, and know nothing of each other. Thread-safe.
 */
final class SharedFeeds {
    private static final Map<String, Use> FEEDS = new HashMap<>();

    private SharedFeeds() {}

    private static final class Use {
        private final Feed feed;
        private int count;

        private Use(Feed feed) {
            this.feed = feed;
        }
    }

    /** The URL's feed; {@link #release} must follow. The first store's role serves for all, since each role may read everything. */
    static synchronized Feed acquire(StoreConfig config, Connector connector) {
        Use use = FEEDS.computeIfAbsent(config.url(), url -> new Use(new Feed(connector)));
        use.count++;
        return use.feed;
    }

    static synchronized void release(StoreConfig config) {
        Use use = FEEDS.get(config.url());
        if (use != null && --use.count == 0) {
            FEEDS.remove(config.url());
            use.feed.close();
        }
    }
}
