package io.jakube.controller.runtime;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.client.ApiClient;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Informer;
import io.jakube.common.informer.InformerSource;
import io.jakube.common.informer.Informers;
import io.jakube.common.informer.Lister;
import io.jakube.common.workqueue.WorkQueue;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Everything the controllers of one term of leadership use and leave behind: handlers and loops registered here are removed and stopped
 * by {@link #close}. Controllers register in their constructors; {@link #start} starts the loops.
 */
public final class ControllerScope implements AutoCloseable {
    private final ApiClient client;
    private final Informers informers;
    private final EventRecorder events;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final PlanExecutor executor;
    private final List<ReconcileLoop> loops = new ArrayList<>();
    private final List<Runnable> cleanups = new ArrayList<>();

    public ControllerScope(ApiClient client, Informers informers, EventRecorder events, InstantSource clock, LongSupplier nanoTime, Executor parallel) {
        this.client = requireNonNull(client, "client is null");
        this.informers = requireNonNull(informers, "informers is null");
        this.events = requireNonNull(events, "events is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
        this.executor = new PlanExecutor(client, informers, events, parallel);
    }

    public ApiClient client() {
        return client;
    }

    public EventRecorder events() {
        return events;
    }

    public InstantSource clock() {
        return clock;
    }

    public Informers informers() {
        return informers;
    }

    /** What feeds the informers; for controllers that follow resources without a model class. */
    public InformerSource source() {
        return informers.source();
    }

    public <T extends HasMetadata> Lister<T> lister(Class<T> type) {
        return informers.informer(type).lister();
    }

    /** Ensures an index over a type. */
    public <T extends HasMetadata> void index(Class<T> type, String name, Function<? super T, ? extends Collection<String>> values) {
        informers.informer(type).ensureIndex(name, values);
    }

    public <T extends HasMetadata> void watch(Class<T> type, EventHandler<? super T> handler) {
        watch(type, InformerSource.Filter.NONE, handler);
    }

    public <T extends HasMetadata> void watch(Class<T> type, InformerSource.Filter filter, EventHandler<? super T> handler) {
        Informer<T> informer = informers.informer(type, filter);
        informer.addHandler(handler);
        onClose(() -> informer.removeHandler(handler));
    }

    /** Watches with one action for every new state (and the last one of deleted objects). */
    public <T extends HasMetadata> void watchEach(Class<T> type, Consumer<? super T> action) {
        watch(type, EventHandler.forEach(action));
    }

    /** Adds the key of every object of a type that changes to a loop. */
    public <T extends HasMetadata> void watchInto(Class<T> type, ReconcileLoop loop) {
        watchEach(type, object -> loop.add(keyOf(object)));
    }

    /** Makes a loop; its workers start with {@link #start}. */
    public synchronized ReconcileLoop loop(String name, int workers, Reconciler reconciler) {
        WorkQueue<ObjectKey> queue = new WorkQueue<>(WorkQueue.DEFAULT_BASE_DELAY, WorkQueue.DEFAULT_MAX_DELAY, nanoTime);
        ReconcileLoop loop = new ReconcileLoop(name, workers, reconciler, executor, queue);
        loops.add(loop);
        return loop;
    }

    public synchronized void onClose(Runnable cleanup) {
        cleanups.add(cleanup);
    }

    public synchronized List<ReconcileLoop> loops() {
        return List.copyOf(loops);
    }

    public void start() {
        loops().forEach(ReconcileLoop::start);
    }

    /** Returns when nothing acts any more. */
    @Override
    public void close() {
        loops().forEach(ReconcileLoop::close);
        List<Runnable> toDo;
        synchronized (this) {
            toDo = List.copyOf(cleanups);
        }
        toDo.forEach(Runnable::run);
    }

    public static ObjectKey keyOf(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        return new ObjectKey(namespace == null ? "" : namespace, object.getMetadata().getName());
    }
}
