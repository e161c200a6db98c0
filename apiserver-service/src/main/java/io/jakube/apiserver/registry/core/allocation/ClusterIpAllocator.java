package io.jakube.apiserver.registry.core.allocation;

import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.json.Fields;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;

/**
 * Cluster IPs, each held by an {@code IPAddress} object of that name (KEP-1880): creating the object takes the address, so servers that share a store
 * cannot give one out twice, and a restart forgets nothing. Addresses nobody asked for by name come from the upper part of the range (KEP-3070).
 */
public final class ClusterIpAllocator {
    static final GroupResource ADDRESSES = new GroupResource("networking.k8s.io", "ipaddresses");
    static final String MANAGER = "ipallocator.k8s.io";

    private static final int RANDOM_TRIES = 16;

    private final Ipv4Range range;
    private final ObjectStore store;
    private final RandomGenerator random;

    public ClusterIpAllocator(Ipv4Range range, ObjectStore store, RandomGenerator random) {
        this.range = range;
        this.store = store;
        this.random = random;
    }

    /**
     * Takes the address a service asks for.
     *
     * @throws AllocationFailure where it is taken, or outside the range
     */
    void take(String address, ObjectKey service, boolean dryRun) {
        long number;
        try {
            number = Ipv4Range.address(address);
        } catch (IllegalArgumentException e) {
            throw new AllocationFailure("provided IP is not valid");
        }
        if (!range.contains(number)) {
            throw new AllocationFailure("the provided IP (" + address + ") is not in the valid range. The range of valid IPs is " + range);
        }
        if (!claim(number, service, dryRun)) {
            throw new AllocationFailure("provided IP is already allocated");
        }
    }

    /** Takes any free address. @throws ApiException 500 where the range is full */
    String takeAny(ObjectKey service, boolean dryRun) {
        long reserved = reserved();
        long upper = range.usable() - reserved;
        for (int i = 0; i < RANDOM_TRIES; i++) {
            long candidate = range.at(reserved + random.nextLong(upper));
            if (store.getCached(ADDRESSES, "", Ipv4Range.format(candidate)).isEmpty() && claim(candidate, service, dryRun)) {
                return Ipv4Range.format(candidate);
            }
        }
        Set<String> taken = new HashSet<>();
        store.listCached(ADDRESSES, "").forEach(address -> taken.add(text(address, "metadata", "name")));
        LongPredicate free = position -> !taken.contains(Ipv4Range.format(range.at(position))) && claim(range.at(position), service, dryRun);
        OptionalLong found = Scan.circular(reserved, range.usable(), random, free);
        if (found.isEmpty()) {
            found = Scan.circular(0, reserved, random, free);
        }
        return Ipv4Range.format(range.at(found.orElseThrow(() -> ApiException.internal("failed to allocate a serviceIP: range is full"))));
    }

    /** Gives an address back if this service holds it. */
    void release(String address, ObjectKey service) {
        store.get(ADDRESSES, "", address).filter(held -> holder(held).equals(service)).ifPresent(held -> delete(address, text(held, "metadata", "uid")));
    }

    /** Who holds an address; of an empty name where it is no service. */
    static ObjectKey holder(ObjectNode address) {
        ObjectNode parent = Fields.object(address, "spec", "parentRef");
        return new ObjectKey(text(parent, "namespace"), text(parent, "resource").equals("services") ? text(parent, "name") : "");
    }

    private void delete(String address, String uid) {
        ObjectNode options = Json.object();
        options.putObject("preconditions").put("uid", uid);
        try {
            store.delete(ADDRESSES, "", address, options);
        } catch (ApiException e) {
            if (!e.is("NotFound") && !e.is("Conflict")) {
                throw e;
            }
        }
    }

    /** Whether an address lies in the range. */
    boolean inRange(String address) {
        try {
            return range.contains(Ipv4Range.address(address));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private boolean claim(long number, ObjectKey service, boolean dryRun) {
        String name = Ipv4Range.format(number);
        if (dryRun) {
            return store.get(ADDRESSES, "", name).isEmpty();
        }
        ObjectNode address = Json.object().put("apiVersion", "networking.k8s.io/v1").put("kind", "IPAddress");
        Fields.ensureObject(address, "metadata").put("name", name).putObject("labels")
                .put("ipaddress.kubernetes.io/managed-by", MANAGER).put("ipaddress.kubernetes.io/ip-family", "IPv4");
        address.putObject("spec").putObject("parentRef").put("group", "").put("resource", "services")
                .put("namespace", service.namespace()).put("name", service.name());
        try {
            store.create(ADDRESSES, address);
            return true;
        } catch (ApiException e) {
            if (e.is("AlreadyExists")) {
                return false;
            }
            throw e;
        }
    }

    /** Size of the lower part, kept for addresses asked for by name: a sixteenth of the range, between 16 and 256; none in a tiny range. */
    private long reserved() {
        long size = range.usable() + 2;
        return size < 16 ? 0 : Math.min(Math.clamp(size / 16, 16, 256), range.usable() - 1);
    }
}
