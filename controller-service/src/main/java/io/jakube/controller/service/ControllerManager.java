package io.jakube.controller.service;

import static java.util.Objects.requireNonNull;

import io.jakube.common.client.ApiClient;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.informer.InformerSource;
import io.jakube.common.informer.Informers;
import io.jakube.common.leaderelection.LeaderElector;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the controllers while this process leads. Informers start with the first term and keep running; controllers are made anew for each
 * term, and work begins when all informers have synced. Thread-safe: {@code this} guards the term.
 */
public final class ControllerManager implements LeaderElector.Listener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControllerManager.class);
    private static final Duration SYNC_PATIENCE = Duration.ofSeconds(30);

    private final ApiClient client;
    private final EventRecorder events;
    private final InstantSource clock;
    private final Consumer<ControllerScope> controllers;
    private final Informers informers;
    private final ExecutorService parallel = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable ControllerScope term;
    private @Nullable Thread starting;
    private boolean working;

    /** @param controllers makes all controllers in a scope */
    public ControllerManager(ApiClient client, InformerSource source, EventRecorder events, InstantSource clock, Consumer<ControllerScope> controllers) {
        this.client = requireNonNull(client, "client is null");
        this.events = requireNonNull(events, "events is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.controllers = requireNonNull(controllers, "controllers is null");
        this.informers = new Informers(source);
    }

    @Override
    public synchronized void onStartedLeading() {
        ControllerScope scope = new ControllerScope(client, informers, events, clock, System::nanoTime, parallel);
        controllers.accept(scope);
        informers.start();
        term = scope;
        starting = Thread.ofVirtual().name("controllers-start").start(() -> startWhenSynced(scope));
    }

    private void startWhenSynced(ControllerScope scope) {
        try {
            for (List<String> missing = informers.awaitSync(SYNC_PATIENCE); !missing.isEmpty(); missing = informers.awaitSync(SYNC_PATIENCE)) {
                log.warn("Controllers wait for the first lists of {}", missing);
            }
            synchronized (this) {
                if (term == scope) {
                    scope.start();
                    working = true;
                    log.info("{} controllers work", scope.loops().size());
                }
            }
        } catch (InterruptedException e) {
            log.debug("Leadership ended before the controllers started");
        }
    }

    @Override
    public void onStoppedLeading() {
        ControllerScope ended;
        synchronized (this) {
            ended = term;
            term = null;
            working = false;
            if (starting != null) {
                starting.interrupt();
            }
        }
        if (ended != null) {
            ended.close();
            log.info("Controllers stopped");
        }
    }

    /** Whether this process leads and its controllers work. */
    public synchronized boolean isWorking() {
        return working;
    }

    /** Loops of the current term; empty while another process leads. */
    public synchronized List<ReconcileLoop> loops() {
        return term == null ? List.of() : term.loops();
    }

    @Override
    public void close() {
        onStoppedLeading();
        informers.close();
        parallel.shutdownNow();
    }
}
