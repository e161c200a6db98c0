package io.jakube.apiserver.registry;

import io.jakube.apiserver.registry.Renderer.Form;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.storage.ObjectStorage;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.apiserver.watchcache.WatchCache;
import io.jakube.apiserver.watchcache.WatchCaches;
import io.jakube.apiserver.watchcache.WatchScope;
import io.jakube.common.status.ApiException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Get, list and watch. Thread-safe. */
public final class ReadVerbs {
    private static final Duration LEAST_WATCH = Duration.ofMinutes(30);
    private static final Duration FRESHNESS_TIMEOUT = Duration.ofSeconds(3);

    private final ObjectStorage storage;
    private final WatchCaches caches;
    private final ListReader lists;
    private final Renderer renderer;

    public ReadVerbs(ObjectStorage storage, WatchCaches caches, ListReader lists, Renderer renderer) {
        this.storage = storage;
        this.caches = caches;
        this.lists = lists;
        this.renderer = renderer;
    }

    ApiResponse get(Request request) {
        Form form = request.objectForm();
        return Answers.of(200, form.format(), renderer.object(form, read(request)));
    }

    /** The object a request names, as new as it asks for. */
    StoredObject read(Request request) {
        ResourceType type = request.stored();
        String version = request.context().request().queryParameter("resourceVersion").orElse("");
        if (version.isEmpty()) {
            return storage.get(type.definition(), request.namespace(), request.name()).orElseThrow(() -> ApiException.notFound(type.resource(), request.name()));
        }
        long wanted = ListOptions.parse(request.context().request(), false).version();
        return lists.notOlderThan(type, wanted).get(request.namespace(), request.name()).orElseThrow(() -> ApiException.notFound(type.resource(), request.name()));
    }

    ApiResponse list(Request request) {
        Form form = request.listForm();
        ListOptions options = ListOptions.parse(request.context().request(), false);
        Selection selection = Selection.of(request.served().definition(), request.namespace(), options);
        return Answers.of(200, form.format(), renderer.list(form, lists.list(request.stored(), selection, options)));
    }

    ApiResponse watch(Request request) {
        Form form = request.objectForm();
        ApiRequest source = request.context().request();
        ListOptions options = ListOptions.parse(source, true);
        Selection selection = Selection.of(request.served().definition(), request.namespace(), request.name().isEmpty() ? options : options.withName(request.name()));
        long version = options.version();
        WatchCache cache = caches.of(request.stored().definition());
        WatchScope scope = selection.scope(request.stored().definition(), cache.indexedField());
        boolean unset = options.resourceVersion().isEmpty();
        Boolean wished = options.sendInitialEvents();
        boolean initial = wished != null ? wished : version == 0;
        Duration timeout = options.timeoutSeconds() instanceof Integer seconds && seconds > 0
                ? Duration.ofSeconds(seconds)
                : LEAST_WATCH.plusSeconds(ThreadLocalRandom.current().nextLong(LEAST_WATCH.toSeconds()));
        WatchStream.Start start = () -> {
            if (initial || version == 0) {
                if (unset) {
                    cache.consistent(FRESHNESS_TIMEOUT).orElseThrow(() -> ApiException.timeout("the watch cache did not catch up in time", 1));
                } else {
                    lists.notOlderThan(request.stored(), version);
                }
                return cache.watch(scope);
            }
            return cache.watchAfter(scope, version);
        };
        WatchStream.Mode mode = new WatchStream.Mode(initial, initial && wished != null && options.bookmarks(), options.bookmarks(), timeout);
        WatchStream stream = new WatchStream(start, selection, renderer, form, mode, cache.indexedField());
        return new ApiResponse.Streaming(200, "application/json", Map.of(), stream);
    }
}
