package io.jakube.common.informer;

import static java.util.Objects.requireNonNull;

import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.client.ApiPaths;
import io.jakube.common.client.RestClient;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds informers by list and watch over HTTP, as clients outside the control plane do (API concepts, "Efficient detection of changes").
 * One virtual thread per feed: list in pages, then watch from the list's version with bookmarks; a watch that ends is resumed from the last
 * version seen; 410 lists again. A connection on which nothing arrives for longer than bookmarks may take is given up.
 * Failures are retried for ever, after 0.1 s doubling to 10 s, with jitter; a watch that delivered something starts over with the shortest delay.
 */
public final class HttpInformerSource implements InformerSource {
    private static final Logger log = LoggerFactory.getLogger(HttpInformerSource.class);
    private static final int PAGE = 500;
    private static final long FIRST_DELAY = 100;
    private static final long MAX_DELAY = 10_000;

    private final RestClient client;
    private final Function<GroupResource, String> versions;
    private final Duration silence;

    /** Reads built-in resources at their stable version. */
    public HttpInformerSource(RestClient client) {
        this(client, resource -> resource.group().equals("autoscaling") ? "v2" : "v1", Duration.ofSeconds(150));
    }

    /**
     * @param versions API version by resource
     * @param silence how long a watch may say nothing (the server sends bookmarks about every minute)
     */
    public HttpInformerSource(RestClient client, Function<GroupResource, String> versions, Duration silence) {
        this.client = requireNonNull(client, "client is null");
        this.versions = requireNonNull(versions, "versions is null");
        this.silence = requireNonNull(silence, "silence is null");
    }

    @Override
    public AutoCloseable start(GroupResource resource, Filter filter, Sink sink) {
        Feed feed = new Feed(resource, filter, sink);
        feed.thread.start();
        return feed;
    }

    private final class Feed implements AutoCloseable, Runnable {
        private final GroupResource resource;
        private final Sink sink;
        private final String path;
        private final String selectors;
        private final Thread thread;
        private volatile boolean closed;
        private long revision;
        private long delay = FIRST_DELAY;

        Feed(GroupResource resource, Filter filter, Sink sink) {
            this.resource = resource;
            this.sink = sink;
            this.path = ApiPaths.path(new GroupVersion(resource.group(), versions.apply(resource)), filter.namespace(), resource.resource(), "", "");
            this.selectors = (filter.fieldSelector().isEmpty() ? "" : "&fieldSelector=" + ApiPaths.encode(filter.fieldSelector()))
                    + (filter.labelSelector().isEmpty() ? "" : "&labelSelector=" + ApiPaths.encode(filter.labelSelector()));
            this.thread = Thread.ofVirtual().name("informer-" + resource).unstarted(this);
        }

        @Override
        public void run() {
            boolean listed = false;
            while (!closed) {
                try {
                    if (!listed) {
                        list();
                        listed = true;
                    }
                    watch();
                } catch (ApiException e) {
                    if (e.code() == 410) {
                        log.debug("The watch of {} is too old, listing again", resource);
                        listed = false;
                    } else {
                        pause(e);
                    }
                } catch (UncheckedIOException | IOException e) {
                    pause(e);
                } catch (RuntimeException e) {
                    // The feed must survive anything the server sends.
                    log.error("The feed of {} failed", resource, e);
                    listed = false;
                    pause(e);
                }
            }
        }

        private void pause(Exception reason) {
            if (closed) {
                return;
            }
            log.info("Reading {} is interrupted and will be tried again: {}", resource, reason.getMessage());
            try {
                Thread.sleep(delay / 2 + ThreadLocalRandom.current().nextLong(delay));
            } catch (InterruptedException e) {
                closed = true;
            }
            delay = Math.min(MAX_DELAY, delay * 2);
        }

        private void list() throws IOException {
            List<Item> items = new ArrayList<>();
            String next = "";
            do {
                // The first page reads any version that a cache has; a watch from it catches up.
                String query = "?limit=" + PAGE + selectors + (next.isEmpty() ? "" : "&continue=" + ApiPaths.encode(next));
                HttpResponse<byte[]> response = client.send(client.prepare(path + query).timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofByteArray());
                if (response.statusCode() != 200) {
                    throw RestClient.failure(response.statusCode(), response.body());
                }
                ObjectSlices.ListPage page = ObjectSlices.list(response.body());
                items.addAll(page.items());
                next = page.continueToken();
                revision = page.resourceVersion();
            } while (!next.isEmpty());
            sink.replace(items, revision);
        }

        private void watch() throws IOException {
            int seconds = 300 + ThreadLocalRandom.current().nextInt(300);
            String query = "?watch=true&allowWatchBookmarks=true&resourceVersion=" + revision + "&timeoutSeconds=" + seconds + selectors;
            HttpResponse<LineReader> response = client.send(client.prepare(path + query).build(), info -> new LineReader());
            try (LineReader lines = response.body()) {
                if (response.statusCode() != 200) {
                    throw RestClient.failure(response.statusCode(), lines.readAll(Duration.ofSeconds(10)));
                }
                long began = System.nanoTime();
                for (byte[] line = lines.next(silence); line != null && !closed; line = lines.next(silence)) {
                    if (line.length > 0) {
                        deliver(ObjectSlices.watchEvent(line));
                        delay = FIRST_DELAY;
                    }
                }
                if (System.nanoTime() - began < 1_000_000_000L) {
                    throw new IOException("the watch ended at once");
                }
            }
        }

        private void deliver(ObjectSlices.WatchEvent event) {
            switch (event.type()) {
                case "BOOKMARK" -> {
                    revision = event.item().resourceVersion();
                    sink.progress(revision);
                }
                case "ERROR" -> throw RestClient.failure(ObjectSlices.errorCode(event.item().json()), event.item().json());
                default -> {
                    sink.apply(EventType.valueOf(event.type()), event.item());
                    revision = event.item().resourceVersion();
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            closed = true;
            thread.interrupt();
            thread.join();
        }
    }
}
