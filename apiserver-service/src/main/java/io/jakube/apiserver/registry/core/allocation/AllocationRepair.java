package io.jakube.apiserver.registry.core.allocation;

import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.Plugins;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is held into line with the services that exist: takes what a service uses and nobody holds, gives back what no service uses. Numbers
 * taken within the last minute are left alone, since their service may be on its way into the store. Safe to run on several servers at once, and at any time.
 */
public final class AllocationRepair implements Plugins.Bootstrap {
    private static final Logger LOG = LoggerFactory.getLogger(AllocationRepair.class);
    private static final GroupResource SERVICES = GroupResource.core("services");
    private static final Duration SETTLED = Duration.ofMinutes(1);
    private static final Duration INTERVAL = Duration.ofMinutes(3);

    private final ClusterIpAllocator addresses;
    private final NodePortAllocator ports;
    private final ObjectStore store;
    private final InstantSource clock;

    public AllocationRepair(ClusterIpAllocator addresses, NodePortAllocator ports, ObjectStore store, InstantSource clock) {
        this.addresses = addresses;
        this.ports = ports;
        this.store = store;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "poststarthook/start-service-ip-repair-controllers";
    }

    @Override
    public Duration repeatAfter() {
        return INTERVAL;
    }

    /** Repairs once, from filled caches. */
    @Override
    public void run() {
        Set<Integer> heldPorts = ports.held().stream().map(NodePortAllocator.Held::port).collect(Collectors.toSet());
        store.listCached(SERVICES, "").forEach(service -> hold(service, heldPorts));
        Instant settled = clock.instant().minus(SETTLED);
        for (ObjectNode address : store.listCached(ClusterIpAllocator.ADDRESSES, "")) {
            String name = text(address, "metadata", "name");
            ObjectKey holder = ClusterIpAllocator.holder(address);
            boolean ours = ClusterIpAllocator.MANAGER.equals(strings(address.get("metadata"), "labels").get("ipaddress.kubernetes.io/managed-by"));
            if (ours && created(address).isBefore(settled) && !uses(holder, service -> ServiceAllocations.addressesOf(service).contains(name))) {
                LOG.warn("cluster IP {} was held for service {}, which does not use it; released", name, holder);
                addresses.release(name, holder);
            }
        }
        for (NodePortAllocator.Held held : ports.held()) {
            if (held.since().isBefore(settled) && !uses(held.service(), service -> ServiceAllocations.portsOf(service).contains(held.port()))) {
                LOG.warn("node port {} was held for service {}, which does not use it; released", held.port(), held.service());
                ports.release(held);
            }
        }
    }

    private void hold(ObjectNode service, Set<Integer> heldPorts) {
        ObjectKey key = ServiceAllocations.key(service);
        Set<String> used = ServiceAllocations.addressesOf(service);
        for (String address : used) {
            Optional<ObjectNode> holder = store.getCached(ClusterIpAllocator.ADDRESSES, "", address).or(() -> store.get(ClusterIpAllocator.ADDRESSES, "", address));
            if (holder.isPresent() && !ClusterIpAllocator.holder(holder.get()).equals(key)) {
                LOG.error("cluster IP {} of service {} is held by {}; one of the two services must be recreated", address, key, ClusterIpAllocator.holder(holder.get()));
            } else if (holder.isEmpty() && uses(key, current -> ServiceAllocations.addressesOf(current).contains(address))) {
                attempt(() -> addresses.take(address, key, false), "cluster IP " + address, key);
            }
        }
        ServiceAllocations.portsOf(service).stream().filter(port -> !heldPorts.contains(port) && uses(key, current -> ServiceAllocations.portsOf(current).contains(port)))
                .forEach(port -> attempt(() -> ports.take(port, key, false), "node port " + port, key));
    }

    private static void attempt(Runnable take, String what, ObjectKey service) {
        try {
            take.run();
            LOG.warn("{} of service {} was not held; taken", what, service);
        } catch (AllocationFailure e) {
            LOG.warn("{} of service {} could not be taken: {}", what, service, e.getMessage());
        }
    }

    /** Asks the store itself, since a cache may not have seen the service yet. */
    private boolean uses(ObjectKey service, Predicate<ObjectNode> question) {
        return !service.name().isEmpty() && store.get(SERVICES, service.namespace(), service.name()).filter(question).isPresent();
    }

    private static Instant created(ObjectNode object) {
        String text = text(object, "metadata", "creationTimestamp");
        return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
    }
}
