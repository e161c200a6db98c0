package io.jakube.apiserver.registry.core.allocation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.time.Instant;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/**
 * Node ports, each held by a key of its own in the store, created only where it does not exist: servers that share a store cannot give one out twice, and a
 * restart forgets nothing. Ports nobody asked for by number come from the upper part of the range (KEP-3668).
 */
public final class NodePortAllocator {
    private static final String PREFIX = "/registry/ranges/servicenodeports/";
    private static final int RANDOM_TRIES = 16;

    private final ServiceNetwork network;
    private final KeyValueStore store;
    private final RandomGenerator random;
    private final InstantSource clock;

    public NodePortAllocator(ServiceNetwork network, KeyValueStore store, RandomGenerator random, InstantSource clock) {
        this.network = network;
        this.store = store;
        this.random = random;
        this.clock = clock;
    }

    /**
     * A port that is held.
     *
     * @param since when it was taken
     */
    record Held(int port, ObjectKey service, Instant since, long revision) {}

    /**
     * Takes the port a service asks for.
     *
     * @throws AllocationFailure where it is taken, or outside the range
     */
    void take(int port, ObjectKey service, boolean dryRun) {
        if (port < network.firstNodePort() || port > network.lastNodePort()) {
            throw new AllocationFailure("provided port is not in the valid range. The range of valid ports is " + network.nodePorts());
        }
        if (!claim(port, service, dryRun)) {
            throw new AllocationFailure("provided port is already allocated");
        }
    }

    /** Takes any free port. @throws ApiException 500 where the range is full */
    int takeAny(ObjectKey service, boolean dryRun) {
        int size = network.lastNodePort() - network.firstNodePort() + 1;
        int reserved = reserved(size);
        for (int i = 0; i < RANDOM_TRIES; i++) {
            int candidate = network.firstNodePort() + reserved + random.nextInt(size - reserved);
            if (claim(candidate, service, dryRun)) {
                return candidate;
            }
        }
        BitSet taken = new BitSet(size);
        held().forEach(held -> taken.set(Math.max(0, held.port() - network.firstNodePort())));
        OptionalLong found = Scan.circular(reserved, size, random, offset -> !taken.get((int) offset) && claim(network.firstNodePort() + (int) offset, service, dryRun));
        if (found.isEmpty()) {
            found = Scan.circular(0, reserved, random, offset -> !taken.get((int) offset) && claim(network.firstNodePort() + (int) offset, service, dryRun));
        }
        return network.firstNodePort() + (int) found.orElseThrow(() -> ApiException.internal("failed to allocate a nodePort: range is full"));
    }

    /** Gives a port back if this service holds it. */
    void release(int port, ObjectKey service) {
        store.range(KeyRange.single(key(port)), 0, 1).items().stream().map(NodePortAllocator::read).filter(held -> held.service().equals(service)).forEach(this::release);
    }

    /** Gives a port back if nobody has taken it anew since. */
    void release(Held held) {
        write(Write.delete(key(held.port()), held.revision()));
    }

    /** All ports that are held, in order of their digits. */
    List<Held> held() {
        return store.range(KeyRange.prefix(Key.of(PREFIX)), 0, 0).items().stream().map(NodePortAllocator::read).toList();
    }

    private boolean claim(int port, ObjectKey service, boolean dryRun) {
        if (dryRun) {
            return store.range(KeyRange.single(key(port)), 0, 1).items().isEmpty();
        }
        ObjectNode holder = Json.object().put("namespace", service.namespace()).put("name", service.name()).put("since", clock.instant().toString());
        return write(Write.create(key(port), Json.write(holder))) instanceof WriteResult.Committed;
    }

    private WriteResult write(Write write) {
        try {
            return store.write(write).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException failure) {
                throw failure;
            }
            throw e;
        }
    }

    private static Held read(KeyValue entry) {
        ObjectNode holder = Json.readObject(entry.value());
        return new Held(Integer.parseInt(entry.key().toString().substring(PREFIX.length())),
                new ObjectKey(holder.path("namespace").asText(), holder.path("name").asText()), Instant.parse(holder.path("since").asText()), entry.modRevision());
    }

    private static Key key(int port) {
        return Key.of(PREFIX + port);
    }

    /** Size of the lower part, kept for ports asked for by number: a thirty-second of the range, between 16 and 128; none in a small range. */
    private static int reserved(int size) {
        return size < 32 ? 0 : Math.clamp(size / 32, 16, 128);
    }
}
