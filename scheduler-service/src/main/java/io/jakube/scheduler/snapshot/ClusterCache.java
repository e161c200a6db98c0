package io.jakube.scheduler.snapshot;

import io.fabric8.kubernetes.api.model.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Nodes with the pods on them, kept up to date by events and by <i>assumptions</i>: a pod that was given a node counts there at once, before the binding is
 * written and seen. Thread-safe; one lock, held for O(1) map changes, and for O(nodes) when a snapshot is taken after a change.
 */
public final class ClusterCache {
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, NodeInfo> infos = new HashMap<>();
    private final Map<String, String> nodeOfPod = new HashMap<>();
    private final Map<String, LinkedHashMap<String, PodInfo>> podsOfNode = new HashMap<>();
    private final Map<String, Nomination> nominations = new LinkedHashMap<>();
    private @Nullable List<NodeInfo> list;

    private record Nomination(PodInfo pod, String node) {}

    public synchronized void putNode(Node node) {
        String name = node.getMetadata().getName();
        nodes.put(name, node);
        infos.put(name, NodeInfo.of(node, List.copyOf(podsOn(name).values())));
        list = null;
    }

    public synchronized void removeNode(String name) {
        nodes.remove(name);
        infos.remove(name);
        list = null;
    }

    /** A pod was promised a node, on which room is being made for it. */
    public synchronized void nominate(PodInfo pod, String node) {
        nominations.put(pod.uid(), new Nomination(pod, node));
    }

    /** A pod is promised nothing any more. @return whether it was */
    public synchronized boolean withdraw(String uid) {
        return nominations.remove(uid) != null;
    }

    /** Promised pods by node. */
    public synchronized Map<String, List<PodInfo>> nominated() {
        Map<String, List<PodInfo>> byNode = new HashMap<>();
        nominations.values().forEach(nomination -> byNode.computeIfAbsent(nomination.node(), node -> new ArrayList<>()).add(nomination.pod()));
        return byNode;
    }

    /** A pod is on a node, by assumption or in truth; it then needs no promise. */
    public synchronized void putPod(PodInfo pod, String node) {
        removePod(pod.uid());
        nominations.remove(pod.uid());
        nodeOfPod.put(pod.uid(), node);
        podsOn(node).put(pod.uid(), pod);
        infos.computeIfPresent(node, (name, info) -> info.withPod(pod));
        list = null;
    }

    /** A pod is finished or gone, or its assumption failed. @return whether it was known */
    public synchronized boolean removePod(String uid) {
        String node = nodeOfPod.remove(uid);
        if (node == null) {
            return false;
        }
        podsOn(node).remove(uid);
        infos.computeIfPresent(node, (name, info) -> info.withoutPod(uid));
        list = null;
        return true;
    }

    /** The node a pod counts on; null for none. */
    public synchronized @Nullable String nodeOf(String uid) {
        return nodeOfPod.get(uid);
    }

    /** Nodes by name order. */
    public synchronized List<NodeInfo> nodes() {
        if (list == null) {
            List<NodeInfo> fresh = new ArrayList<>(nodes.size());
            nodes.keySet().forEach(name -> fresh.add(infos.get(name)));
            list = List.copyOf(fresh);
        }
        return list;
    }

    private LinkedHashMap<String, PodInfo> podsOn(String node) {
        return podsOfNode.computeIfAbsent(node, name -> new LinkedHashMap<>());
    }
}
