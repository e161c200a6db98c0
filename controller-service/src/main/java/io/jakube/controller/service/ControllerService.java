package io.jakube.controller.service;

import io.jakube.common.client.ApiClients;
import io.jakube.common.client.KubeConfig;
import io.jakube.common.client.RestClient;
import io.jakube.common.events.ApiEventRecorder;
import io.jakube.common.leaderelection.LeaderElector;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.db.KeyValueStore;
import io.jakube.db.informer.StoreInformerSource;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the controller manager inside the server. All fields change under this object's lock. */
@ApplicationScoped
public class ControllerService {
    /** Name of the lease in kube-system. */
    public static final String LEASE = "kube-controller-manager";

    private static final Logger log = LoggerFactory.getLogger(ControllerService.class);

    private @Nullable KeyValueStore store;
    private @Nullable RestClient client;
    private @Nullable ApiEventRecorder events;
    private @Nullable ControllerManager manager;
    private @Nullable LeaderElector elector;
    private boolean stopped;

    void onStart(@Observes @Initialized(ApplicationScoped.class) Object event) {
        ControllerSettings settings = ControllerSettings.from(ConfigProvider.getConfig());
        Thread.ofVirtual().name("controllers-open").start(() -> start(settings));
    }

    private synchronized void start(ControllerSettings settings) {
        if (stopped) {
            return;
        }
        try {
            KubeConfig config = KubeConfig.read(settings.kubeconfig());
            if (config.certificateAuthority() == null) {
                throw new IOException(settings.kubeconfig() + " names no certificate authority, which is published to every namespace");
            }
            client = ApiClients.restClient(settings.kubeconfig(), "jakube-controller-manager");
            events = new ApiEventRecorder(client, "kube-controller-manager", "", Clock.systemUTC());
            store = PostgresKeyValueStore.open(StoreConfig.reader(settings.databaseUrl(), settings.databaseUser(), settings.databasePasswordFile()).withMaxConnections(2));
            Controllers controllers = new Controllers(settings, new String(config.certificateAuthority(), StandardCharsets.US_ASCII));
            manager = new ControllerManager(client, new StoreInformerSource(store), events, Clock.systemUTC(), controllers);
            elector = new LeaderElector(client, "kube-system", LEASE, ProcessHandle.current().pid() + "_" + UUID.randomUUID(), LeaderElector.Timing.DEFAULT, Clock.systemUTC(), manager);
            elector.start();
        } catch (IOException | RuntimeException e) {
            log.error("The controller manager could not be started", e);
        }
    }

    /** Whether the controllers work, or another process's do. */
    public synchronized boolean ready() {
        return elector != null && manager != null && (manager.isWorking() || !elector.isLeader());
    }

    /** Whether this process leads. */
    public synchronized boolean leading() {
        return elector != null && elector.isLeader();
    }

    /** Loops of the controllers; empty while another process leads. */
    public List<ReconcileLoop> loops() {
        ControllerManager running;
        synchronized (this) {
            running = manager;
        }
        return running == null ? List.of() : running.loops();
    }

    @PreDestroy
    synchronized void stop() {
        stopped = true;
        if (elector != null) {
            elector.close();
        }
        if (manager != null) {
            manager.close();
        }
        if (events != null) {
            events.close();
        }
        if (store != null) {
            store.close();
        }
        if (client != null) {
            client.close();
        }
    }
}
