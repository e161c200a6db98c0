package io.jakube.apiserver;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.authentication.AuthenticationChain;
import io.jakube.apiserver.authorization.AuthorizerChain;
import io.jakube.apiserver.http.HealthHandler;
import io.jakube.apiserver.http.HealthHandler.Check;
import io.jakube.apiserver.http.InFlightLimits;
import io.jakube.apiserver.http.MetricsHandler;
import io.jakube.apiserver.http.RequestMetrics;
import io.jakube.apiserver.http.RequestPipeline;
import io.jakube.apiserver.http.UpgradeHandler;
import io.jakube.apiserver.registry.Admission;
import io.jakube.apiserver.registry.DeleteVerbs;
import io.jakube.apiserver.registry.FieldOwners;
import io.jakube.apiserver.registry.ListReader;
import io.jakube.apiserver.registry.ObjectCreation;
import io.jakube.apiserver.registry.ObjectDeletion;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.registry.ObjectUpdate;
import io.jakube.apiserver.registry.PatchChanges;
import io.jakube.apiserver.registry.ReadVerbs;
import io.jakube.apiserver.registry.Renderer;
import io.jakube.apiserver.registry.RequestBodies;
import io.jakube.apiserver.registry.ResourceRouter;
import io.jakube.apiserver.registry.ResourceTypes;
import io.jakube.apiserver.registry.ScaleVerbs;
import io.jakube.apiserver.registry.StoredObjects;
import io.jakube.apiserver.registry.Versions;
import io.jakube.apiserver.registry.WriteVerbs;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.NonResourceHandler;
import io.jakube.apiserver.storage.ObjectStorage;
import io.jakube.apiserver.streaming.watch.WatchUpgrade;
import io.jakube.apiserver.watchcache.WatchCaches;
import io.jakube.common.api.ResourceRegistry;
import io.jakube.common.schema.ObjectDecoder;
import io.jakube.common.schema.SchemaRegistry;
import io.jakube.common.status.ApiException;
import io.jakube.db.KeyValueStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The API server, put together: the generic parts, and what {@link Plugins} adds to them. Knows nothing of servlets, so that it runs as well
 * inside a test as inside Liberty. Thread-safe; {@link #close} ends watches and feeds, the store is closed by its owner.
 */
public final class ApiServer implements AutoCloseable {
    private static final int MAX_READING = 400;
    private static final int MAX_CHANGING = 200;

    private final WatchCaches caches;
    private final ObjectStore objects;
    private final List<UpgradeHandler> upgrades;
    private final RequestPipeline pipeline;
    private final StartSteps steps;
    private volatile boolean closing;

    /**
     * What the server is built on.
     *
     * @param config the settings
     * @param store where objects are kept; stays the caller's to close
     */
    public record Foundation(ApiServerConfig config, KeyValueStore store, ResourceRegistry resources, SchemaRegistry schemas, ObjectDecoder decoder, Clock clock) {}

    /** @param wiring what to plug in; gets the parts plugins are built from */
    public ApiServer(Foundation foundation, Function<PluginContext, Plugins> wiring) {
        requireNonNull(foundation, "foundation is null");
        Clock clock = foundation.clock();
        ObjectStorage storage = new ObjectStorage(foundation.store());
        caches = new WatchCaches(foundation.store(), storage);
        ResourceTypes types = new ResourceTypes(foundation.resources(), foundation.schemas());
        Versions versions = new Versions(foundation.resources(), types);
        Admission admission = new Admission();
        FieldOwners owners = new FieldOwners(clock);
        ObjectCreation creation = new ObjectCreation(storage, admission, owners, clock);
        ObjectUpdate updates = new ObjectUpdate(storage, admission, owners, creation);
        ObjectDeletion deletion = new ObjectDeletion(storage, admission, clock);
        objects = new StoredObjects(types, storage, caches, creation, updates, deletion);
        RequestBodies bodies = new RequestBodies(foundation.decoder());

        Plugins plugins = wiring.apply(new PluginContext(
                foundation.config(), foundation.resources(), foundation.schemas(), foundation.decoder(), bodies, objects, admission, foundation.store(), clock));
        types.install(plugins.strategies(), plugins.defaulters(), plugins.printers(), plugins.objectSubresources());
        versions.install(plugins.converter());
        admission.install(plugins.admission());
        owners.install(plugins.fieldManagement());

        Renderer renderer = new Renderer(versions, clock);
        ListReader lists = new ListReader(storage, caches);
        ReadVerbs reads = new ReadVerbs(storage, caches, lists, renderer);
        PatchChanges patches = new PatchChanges(bodies, foundation.decoder(), owners, versions);
        patches.install(plugins.patches());
        ResourceRouter router = new ResourceRouter(types, versions, reads, new WriteVerbs(creation, updates, bodies, patches, versions, renderer),
                new DeleteVerbs(deletion, lists, foundation.decoder(), renderer), new ScaleVerbs(reads, updates, bodies, patches, foundation.schemas()));
        router.install(plugins.subresources());
        upgrades = new ArrayList<>(plugins.upgrades());
        upgrades.add(new WatchUpgrade(router::handle));

        RequestMetrics metrics = new RequestMetrics();
        InFlightLimits limits = new InFlightLimits(MAX_READING, MAX_CHANGING);
        steps = new StartSteps(plugins.bootstraps());
        List<NonResourceHandler> others = new ArrayList<>(plugins.nonResources());
        others.add(new HealthHandler(List.of(new Check("ping", () -> "")), readiness(storage)));
        others.add(new MetricsHandler(metrics, limits, caches));
        pipeline = new RequestPipeline(new AuthenticationChain(plugins.authenticators()), plugins.impersonation(), new AuthorizerChain(plugins.authorizers()), limits, router, others, metrics);
    }

    /** Begins the start-up steps; requests are answered at once, readiness follows when the steps are done. */
    public void start() {
        steps.start();
    }

    /** Answers a request on the calling thread. Never throws. */
    public ApiResponse handle(ApiRequest request) {
        return pipeline.handle(request);
    }

    public RequestPipeline pipeline() {
        return pipeline;
    }

    public List<UpgradeHandler> upgrades() {
        return upgrades;
    }

    /** The server's own access to objects. */
    public ObjectStore objects() {
        return objects;
    }

    /** Whether the server is going down: streams end. */
    public boolean closing() {
        return closing;
    }

    @Override
    public void close() {
        closing = true;
        steps.close();
        caches.close();
    }

    private List<Check> readiness(ObjectStorage storage) {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("database", () -> {
            try {
                storage.currentRevision();
                return "";
            } catch (ApiException e) {
                return e.getMessage();
            }
        }));
        checks.add(new Check("watch-caches", () -> caches.started().stream().allMatch(cache -> cache.ready()) ? "" : "some caches are being filled"));
        checks.addAll(steps.checks());
        checks.add(new Check("shutdown", () -> closing ? "the server is going down" : ""));
        return checks;
    }
}
