package io.jakube.scheduler.service;

import io.jakube.common.client.ApiClients;
import io.jakube.common.client.RestClient;
import io.jakube.common.events.ApiEventRecorder;
import io.jakube.common.informer.Informers;
import io.jakube.common.leaderelection.LeaderElector;
import io.jakube.common.metrics.MetricsText;
import io.jakube.db.KeyValueStore;
import io.jakube.db.informer.StoreInformerSource;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import io.jakube.scheduler.Scheduler;
import io.jakube.scheduler.binding.ApiPodWriter;
import io.jakube.scheduler.cycle.Decision;
import io.jakube.scheduler.cycle.SchedulingCycle;
import io.jakube.scheduler.plugins.DefaultPlugins;
import io.jakube.scheduler.queue.SchedulingQueue;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the scheduler inside the server: watches as soon as it starts, schedules while it leads. A process that loses the lease starts anew with empty queues
 * when it leads again. All fields but the informers change under this object's lock.
 */
@ApplicationScoped
public class SchedulerService {
    /** Name of the lease in kube-system. */
    public static final String LEASE = "kube-scheduler";

    private static final Logger log = LoggerFactory.getLogger(SchedulerService.class);
    private static final Duration SYNC_PATIENCE = Duration.ofMinutes(5);

    private @Nullable KeyValueStore store;
    private @Nullable Informers informers;
    private @Nullable RestClient client;
    private @Nullable ApiEventRecorder events;
    private @Nullable LeaderElector elector;
    private @Nullable Scheduler scheduler;
    private boolean stopped;

    void onStart(@Observes @Initialized(ApplicationScoped.class) Object event) {
        SchedulerSettings settings = SchedulerSettings.from(ConfigProvider.getConfig());
        Thread.ofVirtual().name("scheduler-start").start(() -> start(settings));
    }

    private void start(SchedulerSettings settings) {
        try {
            Informers watching;
            synchronized (this) {
                if (stopped) {
                    return;
                }
                client = ApiClients.restClient(settings.kubeconfig(), "jakube-scheduler");
                events = new ApiEventRecorder(client, Scheduler.NAME, "", Clock.systemUTC());
                store = PostgresKeyValueStore.open(StoreConfig.reader(settings.databaseUrl(), settings.databaseUser(), settings.databasePasswordFile()).withMaxConnections(2));
                informers = new Informers(new StoreInformerSource(store));
                watching = informers;
                Scheduler.declare(watching);
                watching.start();
            }
            List<String> missing = watching.awaitSync(SYNC_PATIENCE);
            if (!missing.isEmpty()) {
                log.warn("The scheduler has not seen all of {} yet and waits on", missing);
            }
            synchronized (this) {
                if (stopped) {
                    return;
                }
                elector = new LeaderElector(
                        client, "kube-system", LEASE, ProcessHandle.current().pid() + "_" + UUID.randomUUID(), LeaderElector.Timing.DEFAULT, Clock.systemUTC(), new Leadership());
                elector.start();
            }
        } catch (IOException | RuntimeException e) {
            log.error("The scheduler could not be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void lead() {
        if (stopped || scheduler != null) {
            return;
        }
        scheduler = new Scheduler(
                informers,
                new SchedulingQueue(Clock.systemUTC()),
                newCycle(),
                new ApiPodWriter(client, Clock.systemUTC()),
                events);
        scheduler.start();
        log.info("Scheduling");
    }

    private synchronized void follow() {
        if (scheduler != null) {
            scheduler.close();
            scheduler = null;
        }
    }

    private static SchedulingCycle newCycle() {
        return new SchedulingCycle(DefaultPlugins.all(), RandomGenerator.getDefault());
    }

    /** Whether the watched objects have been read. */
    public synchronized boolean ready() {
        return informers != null && informers.all().stream().allMatch(informer -> informer.hasSynced());
    }

    /** Whether this process schedules. */
    public synchronized boolean leading() {
        return scheduler != null;
    }

    /** See {@link Scheduler#describe}; nothing while another process leads. */
    public synchronized void describe(MetricsText text) {
        if (scheduler != null) {
            scheduler.describe(text);
        }
    }

    /** What the scheduler would do with a pod now; empty where it knows no such pod, or does not lead. */
    public Optional<Decision> explain(String namespace, String name) {
        Scheduler current;
        synchronized (this) {
            current = scheduler;
        }
        return current == null ? Optional.empty() : current.explain(namespace, name, newCycle());
    }

    @PreDestroy
    synchronized void stop() {
        stopped = true;
        if (elector != null) {
            elector.close();
        }
        follow();
        if (events != null) {
            events.close();
        }
        if (informers != null) {
            informers.close();
        }
        if (store != null) {
            store.close();
        }
    }

    private final class Leadership implements LeaderElector.Listener {
        @Override
        public void onStartedLeading() {
            lead();
        }

        @Override
        public void onStoppedLeading() {
            follow();
        }
    }
}
