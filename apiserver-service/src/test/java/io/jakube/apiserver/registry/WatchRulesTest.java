package io.jakube.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.TestApiServer;
import io.jakube.apiserver.WatchReader;
import io.jakube.common.api.GroupResource;
import io.jakube.db.StoreException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchRulesTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    private final TestApiServer api = new TestApiServer();

    @AfterEach
    void stop() {
        api.close();
    }

    private String create(String name, String label) {
        return api.post(MAPS, "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"l\":\"" + label + "\"}}}").json().path("metadata").path("resourceVersion").asText();
    }

    private void relabel(String name, String label) {
        api.patch(MAPS + "/" + name, "application/merge-patch+json", "{\"metadata\":{\"labels\":{\"l\":\"" + label + "\"}}}");
    }

    @Test
    void withoutVersionTheStateComesFirst() {
        create("a", "x");
        try (WatchReader watch = api.watch(MAPS + "?watch=true")) {
            assertThat(watch.summary()).isEqualTo("ADDED a");
            create("b", "x");
            relabel("b", "y");
            api.delete(MAPS + "/b");
            assertThat(watch.summary()).isEqualTo("ADDED b");
            assertThat(watch.summary()).isEqualTo("MODIFIED b");
            JsonNode deleted = watch.next();
            assertThat(deleted.path("type").asText()).isEqualTo("DELETED");
            assertThat(deleted.path("object").path("metadata").path("resourceVersion").asText()).as("the deletion's version").isEqualTo("4");
            assertThat(deleted.path("object").path("metadata").path("labels").path("l").asText()).as("the last state").isEqualTo("y");
        }
    }

    @Test
    void fromAVersionOnlyWhatCameAfter() {
        String version = create("a", "x");
        api.get(MAPS);
        create("b", "x");
        try (WatchReader watch = api.watch(MAPS + "?watch=true&resourceVersion=" + version)) {
            assertThat(watch.summary()).isEqualTo("ADDED b");
            api.post("/api/v1/namespaces/other/configmaps", "{\"metadata\":{\"name\":\"elsewhere\"}}");
            create("c", "x");
            assertThat(watch.summary()).isEqualTo("ADDED c");
        }
    }

    @Test
    void selectorTransitionsAreAddedAndDeleted() {
        create("a", "no");
        try (WatchReader watch = api.watch(MAPS + "?watch=true&labelSelector=l%3Dyes&resourceVersion=0")) {
            create("sync", "yes");
            assertThat(watch.summary()).isEqualTo("ADDED sync");
            relabel("a", "yes");
            assertThat(watch.summary()).isEqualTo("ADDED a");
            relabel("a", "no");
            JsonNode left = watch.next();
            assertThat(left.path("type").asText()).isEqualTo("DELETED");
            assertThat(left.path("object").path("metadata").path("labels").path("l").asText()).isEqualTo("yes");
            api.delete(MAPS + "/a");
            api.delete(MAPS + "/sync");
            assertThat(watch.summary()).isEqualTo("DELETED sync");
        }
    }

    @Test
    void oneObjectByNameAndByTheOldPath() {
        create("a", "x");
        for (String url : new String[] {MAPS + "?watch=true&fieldSelector=metadata.name%3Da", "/api/v1/watch/namespaces/default/configmaps/a"}) {
            try (WatchReader watch = api.watch(url)) {
                assertThat(watch.summary()).isEqualTo("ADDED a");
                create("b", "x");
                api.delete(MAPS + "/b");
                relabel("a", url);
                api.patch(MAPS + "/a", "application/merge-patch+json", "{\"data\":{\"url\":\"" + url + "\"}}");
                assertThat(watch.summary()).isEqualTo("MODIFIED a");
            }
        }
    }

    @Test
    void podsOfANodeBecomeVisibleWhenBound() {
        String pods = "/api/v1/namespaces/default/pods";
        try (WatchReader watch = api.watch("/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dn1")) {
            api.post(pods, "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
            api.server().objects().update(GroupResource.core("pods"), "default", "p", pod -> {
                pod.withObject("/spec").put("nodeName", "n1");
                return pod;
            });
            assertThat(watch.summary()).isEqualTo("ADDED p");
        }
    }

    @Test
    void watchListEndsItsInitialEventsWithABookmark() throws InterruptedException {
        create("a", "x");
        String url = MAPS + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
        try (WatchReader watch = api.watch(url)) {
            assertThat(watch.summary()).isEqualTo("ADDED a");
            JsonNode bookmark = watch.next();
            assertThat(bookmark.path("type").asText()).isEqualTo("BOOKMARK");
            assertThat(bookmark.path("object").path("kind").asText()).isEqualTo("ConfigMap");
            assertThat(bookmark.path("object").path("metadata").path("annotations").path("k8s.io/initial-events-end").asText()).isEqualTo("true");
            assertThat(bookmark.path("object").path("metadata").path("resourceVersion").asText()).isEqualTo("1");
            create("b", "x");
            assertThat(watch.summary()).isEqualTo("ADDED b");
        }
        try (WatchReader watch = api.watch(MAPS + "?watch=true&sendInitialEvents=false&resourceVersionMatch=NotOlderThan")) {
            // The watch begins on a thread of its own: only what comes after it did is seen.
            AtomicBoolean seen = new AtomicBoolean();
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int i = 0; !seen.get(); i++) {
                    create("c" + i, "x");
                }
            });
            assertThat(watch.summary()).startsWith("ADDED c");
            seen.set(true);
            writer.join();
        }
    }

    @Test
    void tables() {
        create("a", "x");
        try (WatchReader watch = api.watch(MAPS + "?watch=true", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")) {
            create("b", "x");
            JsonNode first = watch.next().path("object");
            JsonNode second = watch.next().path("object");
            assertThat(first.path("columnDefinitions").path(0).path("name").asText()).isEqualTo("Name");
            assertThat(first.path("rows").path(0).path("cells").path(0).asText()).isEqualTo("a");
            assertThat(second.path("columnDefinitions").isNull()).isTrue();
            assertThat(second.path("rows").path(0).path("cells").path(0).asText()).isEqualTo("b");
        }
    }

    /** As after a restart: the cache begins with the first reader, and knows no earlier change. */
    @Test
    void aVersionFromBeforeTheCacheIsServedFromHistory() {
        create("a", "x");
        create("b", "y");
        api.post("/api/v1/namespaces/other/configmaps", "{\"metadata\":{\"name\":\"c\"}}");
        relabel("a", "z");
        relabel("b", "x");
        api.delete(MAPS + "/b");
        try (WatchReader watch = api.watch(MAPS + "?watch=true&resourceVersion=1")) {
            assertThat(watch.summary()).isEqualTo("ADDED b");
            assertThat(watch.summary()).isEqualTo("MODIFIED a");
            assertThat(watch.summary()).isEqualTo("MODIFIED b");
            JsonNode deleted = watch.next();
            assertThat(deleted.path("type").asText()).isEqualTo("DELETED");
            assertThat(deleted.path("object").path("metadata").path("resourceVersion").asText()).isEqualTo("6");
            create("d", "x");
            assertThat(watch.summary()).isEqualTo("ADDED d");
        }
        try (WatchReader watch = api.watch(MAPS + "?watch=true&resourceVersion=1&labelSelector=l%3Dx")) {
            assertThat(watch.summary()).isEqualTo("DELETED a");
            assertThat(watch.summary()).isEqualTo("ADDED b");
            assertThat(watch.summary()).isEqualTo("DELETED b");
        }
        try (WatchReader watch = api.watch(MAPS + "?watch=true&resourceVersion=2&fieldSelector=metadata.name%3Da")) {
            assertThat(watch.summary()).isEqualTo("MODIFIED a");
        }
    }

    @Test
    void aVersionTooOldIsExpired() {
        for (int i = 0; i < 3; i++) {
            create("m" + i, "x");
        }
        api.store().compact(3);
        try (WatchReader watch = api.watch(MAPS + "?watch=true&resourceVersion=1")) {
            JsonNode error = watch.next();
            assertThat(error.path("type").asText()).isEqualTo("ERROR");
            assertThat(error.path("object").path("code").asInt()).isEqualTo(410);
            assertThat(error.path("object").path("reason").asText()).isEqualTo("Expired");
            assertThat(watch.summary()).isEqualTo("END");
        }
    }

    @Test
    void timeoutSecondsEndsAWatch() {
        try (WatchReader watch = api.watch(MAPS + "?watch=true&timeoutSeconds=1")) {
            assertThat(watch.summary()).isEqualTo("END");
        }
    }

    @Test
    void aBrokenFeedEndsWatchesAndTheCacheReadsAnew() {
        create("a", "x");
        try (WatchReader watch = api.watch(MAPS + "?watch=true")) {
            assertThat(watch.summary()).isEqualTo("ADDED a");
            api.store().pause();
            create("b", "x");
            api.store().breakWatches(new StoreException.Compacted(2));
            assertThat(watch.next().path("object").path("code").asInt()).isEqualTo(410);
            assertThat(watch.summary()).isEqualTo("END");
        }
        assertThat(api.get(MAPS).json().path("items")).hasSize(2);
    }
}
