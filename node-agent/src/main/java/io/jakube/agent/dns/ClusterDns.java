package io.jakube.agent.dns;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.jakube.agent.network.HostCommands;
import io.jakube.agent.proxy.ServiceProxy;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Informer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Record;

/**
 * Cluster DNS on this node: every node serves the same cluster address itself, so pods' questions never leave their node and no connection tracking is
 * in the way.
 *
 * <p>The address is put on the loopback device, as /32. Informer threads bring the record table up to date, one service per event.
 */
public final class ClusterDns implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDns.class);
    private static final Duration PATIENCE = Duration.ofMillis(800);

    private final HostCommands host;
    private final Informer<Service> services;
    private final Informer<EndpointSlice> slices;
    private final Zone zone;
    private final RecordTable table;
    private final QueryHandler handler;
    private final int port;
    private final EventHandler<Service> serviceHandler;
    private final EventHandler<EndpointSlice> sliceHandler;
    private @Nullable DnsServer server;

    /**
     * @param address cluster DNS' address ({@code jakube.dns.address})
     * @param domain the cluster's domain ({@code jakube.dns.domain})
     * @param resolverConfiguration names the servers for all other names, usually {@code /etc/resolv.conf}
     */
    public ClusterDns(HostCommands host, Informer<Service> services, Informer<EndpointSlice> slices, String address, String domain, Path resolverConfiguration) {
        this(host, services, slices, Zone.of(domain, InetAddress.ofLiteral(address)), 53, resolverConfiguration);
    }

    ClusterDns(HostCommands host, Informer<Service> services, Informer<EndpointSlice> slices, Zone zone, int port, Path resolverConfiguration) {
        this.host = requireNonNull(host, "host is null");
        this.services = requireNonNull(services, "services is null");
        this.slices = requireNonNull(slices, "slices is null");
        this.zone = zone;
        this.port = port;
        table = new RecordTable(zone.origin(), zone.fixedRecords());
        UpstreamServers upstream = new UpstreamServers(resolverConfiguration, Set.of(zone.server()));
        Forwarder forwarder = new Forwarder(upstream::current, PATIENCE, InstantSource.system());
        handler = new QueryHandler(zone, new ClusterResolver(zone, table), forwarder, new AnswerCache(InstantSource.system()), this::knowsCluster);
        slices.ensureIndex(ServiceProxy.BY_SERVICE, ServiceProxy::serviceOf);
        serviceHandler = EventHandler.forEach(service -> refresh(service.getMetadata().getNamespace(), service.getMetadata().getName()));
        sliceHandler = EventHandler.forEach(slice -> ServiceProxy.serviceOf(slice)
                .forEach(name -> refresh(name.substring(0, name.indexOf('/')), name.substring(name.indexOf('/') + 1))));
    }

    /** Takes the address and answers from now on; questions about the cluster fail until the informers have their first lists. */
    public void start() throws IOException {
        takeAddress();
        services.addHandler(serviceHandler);
        slices.addHandler(sliceHandler);
        server = new DnsServer(new InetSocketAddress(zone.server(), port), handler);
        LOG.info("cluster DNS for {} answers at {} port {}", zone.origin(), zone.server().getHostAddress(), server.port());
    }

    /** Whether questions about the cluster are answered. */
    public boolean isReady() {
        return server != null && knowsCluster();
    }

    int port() {
        return requireNonNull(server, "not started").port();
    }

    private boolean knowsCluster() {
        return services.hasSynced() && slices.hasSynced();
    }

    private synchronized void refresh(String namespace, String name) {
        try {
            List<Record> records = ServiceRecords.of(zone, services.lister().get(namespace, name).orElse(null),
                    slices.lister().byIndex(ServiceProxy.BY_SERVICE, namespace + "/" + name));
            table.update(new ObjectKey(namespace, name), records);
        } catch (IllegalArgumentException e) {
            LOG.warn("service {}/{} gets no DNS records: {}", namespace, name, e.getMessage());
            table.update(new ObjectKey(namespace, name), List.of());
        }
    }

    private void takeAddress() throws IOException {
        if (!zone.server().isLoopbackAddress()) {
            host.require("ip", "address", "replace", zone.server().getHostAddress() + "/32", "dev", "lo");
        }
    }

    /** Stops answering. The address stays, so that clients are refused at once until the agent is back. */
    @Override
    public void close() throws IOException {
        services.removeHandler(serviceHandler);
        slices.removeHandler(sliceHandler);
        if (server != null) {
            server.close();
        }
    }

    /** Gives the address back. */
    public void cleanup() throws IOException {
        if (!zone.server().isLoopbackAddress()) {
            host.run("ip", "address", "del", zone.server().getHostAddress() + "/32", "dev", "lo");
        }
    }
}
