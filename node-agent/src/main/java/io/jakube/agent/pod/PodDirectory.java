package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Looks pods up that this process runs. Thread-safe. */
public interface PodDirectory {
    Optional<Pod> find(String namespace, String name);

    /** All pods as the API has them. */
    List<Pod> list();

    /** The newest status the node has computed for a pod. */
    Optional<PodStatus> status(String uid);

    /** Several nodes' pods as one. */
    static PodDirectory of(Collection<? extends PodDirectory> nodes) {
        return new PodDirectory() {
            @Override
            public Optional<Pod> find(String namespace, String name) {
                return nodes.stream().flatMap(node -> node.find(namespace, name).stream()).findFirst();
            }

            @Override
            public List<Pod> list() {
                return nodes.stream().flatMap(node -> node.list().stream()).toList();
            }

            @Override
            public Optional<PodStatus> status(String uid) {
                return nodes.stream().flatMap(node -> node.status(uid).stream()).findFirst();
            }
        };
    }
}
