package io.jakube.db.etcd;

import static java.util.Objects.requireNonNull;

import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreAdministration;
import io.jakube.db.etcd.gateway.HttpRoutes;
import io.jakube.db.etcd.gateway.JsonGateway;
import io.jakube.db.etcd.gateway.MemberMetrics;
import io.jakube.db.etcd.transport.HttpConnection;
import io.jakube.db.etcd.transport.Listener;
import io.jakube.db.etcd.v2.V2Members;
import io.jakube.db.etcd.v2.VersionTwo;
import io.jakube.db.etcd.v3.Access;
import io.jakube.db.etcd.v3.AuthService;
import io.jakube.db.etcd.v3.ClusterService;
import io.jakube.db.etcd.v3.ElectionService;
import io.jakube.db.etcd.v3.Headers;
import io.jakube.db.etcd.v3.HealthService;
import io.jakube.db.etcd.v3.KvService;
import io.jakube.db.etcd.v3.LeaseService;
import io.jakube.db.etcd.v3.LockService;
import io.jakube.db.etcd.v3.MaintenanceService;
import io.jakube.db.etcd.v3.Membership;
import io.jakube.db.etcd.v3.ReadOnlyKeys;
import io.jakube.db.etcd.v3.RpcMethod;
import io.jakube.db.etcd.v3.WatchService;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A member of an etcd cluster whose data is a store. Any number of fronts may serve one store; clients may talk to any of them.
 *
 * <p>Calls run on virtual threads and may block on the store. The store is not closed with the front.
 */
public final class EtcdFront implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("jakube-etcd-timer").factory());
    private final ExecutorService calls = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("jakube-etcd-call-", 0).factory());
    private final List<Listener> listeners = new ArrayList<>();
    private final Membership membership;

    private EtcdFront(EtcdFrontConfig config, KeyValueStore store, StoreAdministration administration) {
        long memberId = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        Headers headers = new Headers(store, administration.clusterId(), memberId);
        Access access = new ReadOnlyKeys(config.readOnlyPrefixes());
        List<URI> advertised = config.advertiseUrls().isEmpty() ? config.listenUrls() : config.advertiseUrls();
        this.membership = new Membership(administration, memberId, config.name(), advertised.stream().map(URI::toString).toList(), timer);
        List<RpcMethod<?, ?>> methods = new ArrayList<>();
        methods.addAll(new KvService(store, headers, access).methods());
        methods.addAll(new WatchService(store, headers, access, timer, config.progressInterval()).methods());
        methods.addAll(new LeaseService(store, headers, access).methods());
        ClusterService cluster = new ClusterService(membership, headers, access);
        methods.addAll(cluster.methods());
        MaintenanceService maintenance = new MaintenanceService(store, administration, membership, headers, access);
        methods.addAll(maintenance.methods());
        methods.addAll(new AuthService(headers).methods());
        methods.addAll(new LockService(store, headers, access).methods());
        methods.addAll(new ElectionService(store, headers, access).methods());
        HealthService health = new HealthService(store);
        methods.addAll(health.methods());
        VersionTwo versionTwo = new VersionTwo(store, new V2Members(cluster::list, administration.clusterId(), memberId));
        HttpConnection.Handler http = new HttpRoutes(new JsonGateway(methods), versionTwo, health, new MemberMetrics(store, maintenance));
        try {
            for (URI url : config.listenUrls()) {
                listeners.add(Listener.open(new InetSocketAddress(url.getHost(), url.getPort()), url.getScheme().equals("https") ? config.tls() : null, methods, http, calls));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Begins to serve.
     *
     * @throws java.io.UncheckedIOException where a port is taken or a certificate cannot be read
     * @throws io.jakube.db.StoreException.Unavailable where the database does not answer
     */
    public static EtcdFront start(EtcdFrontConfig config, KeyValueStore store, StoreAdministration administration) {
        return new EtcdFront(requireNonNull(config, "config is null"), requireNonNull(store, "store is null"), requireNonNull(administration, "administration is null"));
    }

    /** The port of the first URL. */
    public int port() {
        return listeners.getFirst().port();
    }

    @Override
    public void close() {
        listeners.forEach(Listener::close);
        timer.shutdownNow();
        membership.close();
        calls.shutdownNow();
    }
}
