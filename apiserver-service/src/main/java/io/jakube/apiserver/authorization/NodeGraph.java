package io.jakube.apiserver.authorization;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which objects the pods of a node use. Kept per namespace and rebuilt on demand: only when an answer would be "no" and pods have changed
 * since, so that what a node loses shows a little late (after at most {@link #MAX_STALE_NANOS}) and what it gains shows at once. Thread-safe.
 */
final class NodeGraph {
    static final long MAX_STALE_NANOS = 10_000_000_000L;

    static final GroupResource PODS = GroupResource.core("pods");

    /** Kinds of objects pods refer to. */
    enum Target {
        SECRET,
        CONFIG_MAP,
        CLAIM,
        SERVICE_ACCOUNT
    }

    private record Edge(String node, Target target, String name) {}

    private record Namespace(long change, long builtAt, Set<Edge> edges) {}

    private final ObjectStore store;
    private final AtomicLong changes = new AtomicLong();
    private final Map<String, Namespace> namespaces = new ConcurrentHashMap<>();

    NodeGraph(ObjectStore store) {
        this.store = requireNonNull(store, "store is null");
        store.onChange(PODS, changes::incrementAndGet);
    }

    /** Whether a pod of the node uses the object. */
    boolean uses(String node, Target target, String namespace, String name) {
        Edge edge = new Edge(node, target, name);
        Namespace known = namespaces.get(namespace);
        boolean current = known != null && known.change() == changes.get();
        if (known != null && known.edges().contains(edge) && (current || System.nanoTime() - known.builtAt() < MAX_STALE_NANOS)) {
            return true;
        }
        return !current && rebuild(namespace).edges().contains(edge);
    }

    /** Whether a claim used by a pod of the node is bound to the volume. */
    boolean usesVolume(String node, String volume) {
        return store.getCached(GroupResource.core("persistentvolumes"), "", volume)
                .map(found -> found.path("spec").path("claimRef"))
                .filter(claim -> uses(node, Target.CLAIM, claim.path("namespace").asText(), claim.path("name").asText()))
                .isPresent();
    }

    private Namespace rebuild(String namespace) {
        long change = changes.get();
        Set<Edge> edges = new HashSet<>();
        for (ObjectNode pod : store.listCached(PODS, namespace)) {
            String node = pod.path("spec").path("nodeName").asText();
            if (node.isEmpty()) {
                continue;
            }
            PodReferences.secrets(pod, name -> edges.add(new Edge(node, Target.SECRET, name)));
            PodReferences.configMaps(pod, name -> edges.add(new Edge(node, Target.CONFIG_MAP, name)));
            PodReferences.persistentVolumeClaims(pod, name -> edges.add(new Edge(node, Target.CLAIM, name)));
            PodReferences.serviceAccount(pod, name -> edges.add(new Edge(node, Target.SERVICE_ACCOUNT, name)));
        }
        Namespace built = new Namespace(change, System.nanoTime(), edges);
        namespaces.put(namespace, built);
        return built;
    }
}
