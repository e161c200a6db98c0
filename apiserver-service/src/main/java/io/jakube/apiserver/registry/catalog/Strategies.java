package io.jakube.apiserver.registry.catalog;

import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.apps.AppsStrategies;
import io.jakube.apiserver.registry.batch.BatchStrategies;
import io.jakube.apiserver.registry.core.CoreStrategies;
import io.jakube.apiserver.registry.core.allocation.AllocationRepair;
import io.jakube.apiserver.registry.core.allocation.ClusterIpAllocator;
import io.jakube.apiserver.registry.core.allocation.NodePortAllocator;
import io.jakube.apiserver.registry.core.allocation.ServiceAllocations;
import io.jakube.apiserver.registry.core.allocation.ServiceNetwork;
import io.jakube.common.api.GroupResource;
import io.jakube.db.KeyValueStore;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The strategies of all built-in types, and the repair of what they allocate.
 *
 * @param all by resource; a type that is not here has no rules of its own
 * @param repair to be run at start
 */
public record Strategies(Map<GroupResource, ResourceStrategy> all, AllocationRepair repair) {
    /** @param objects used from requests only, so the server may be composed after this */
    public static Strategies create(ObjectStore objects, KeyValueStore store, ServiceNetwork network, InstantSource clock) {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        RandomGenerator shared = () -> {
            synchronized (random) {
                return random.nextLong();
            }
        };
        ClusterIpAllocator addresses = new ClusterIpAllocator(network.cidr(), objects, shared);
        NodePortAllocator ports = new NodePortAllocator(network, store, shared, clock);
        Map<GroupResource, ResourceStrategy> all = new HashMap<>();
        all.putAll(CoreStrategies.all(new ServiceAllocations(addresses, ports), clock));
        all.putAll(AppsStrategies.all());
        all.putAll(BatchStrategies.all());
        all.putAll(OtherStrategies.all());
        return new Strategies(Map.copyOf(all), new AllocationRepair(addresses, ports, objects, clock));
    }
}
