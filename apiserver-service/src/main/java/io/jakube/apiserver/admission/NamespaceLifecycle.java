package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import io.jakube.common.status.ApiException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Objects are created only in namespaces that exist and are not going away, and some namespaces may not be deleted. Namespaces whose deletion
 * was asked for here are read from the store for a while, for the cache may not know yet.
 */
final class NamespaceLifecycle implements AdmissionPlugin {
    private static final GroupResource NAMESPACES = GroupResource.core("namespaces");
    private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");
    private static final Duration DISTRUST = Duration.ofSeconds(30);

    private final ObjectStore store;
    private final Clock clock;
    private final Map<String, Instant> distrusted = new ConcurrentHashMap<>();

    NamespaceLifecycle(ObjectStore store, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public String name() {
        return "NamespaceLifecycle";
    }

    @Override
    public void mutate(AdmissionRequest request) {
        if (request.isFor("", "namespaces")) {
            if (request.operation() == Operation.DELETE) {
                if (IMMORTAL.contains(request.name())) {
                    throw ApiException.forbidden(NAMESPACES, request.name(), "this namespace may not be deleted");
                }
                Instant now = clock.instant();
                distrusted.values().removeIf(until -> now.isAfter(until));
                distrusted.put(request.name(), now.plus(DISTRUST));
            }
            return;
        }
        if (request.isFor("authorization.k8s.io", "localsubjectaccessreviews")) {
            return;
        }
        if (request.operation() == Operation.CREATE && request.resource().namespaced() && !request.namespace().isEmpty()) {
            requireActive(request);
        }
    }

    private void requireActive(AdmissionRequest request) {
        String name = request.namespace();
        Instant until = distrusted.get(name);
        boolean trusted = until == null || clock.instant().isAfter(until);
        Optional<ObjectNode> cached = trusted ? store.getCached(NAMESPACES, "", name) : Optional.empty();
        ObjectNode namespace = cached.or(() -> store.get(NAMESPACES, "", name)).orElseThrow(() -> ApiException.notFound(NAMESPACES, name));
        if (Fields.text(namespace, "status", "phase").equals("Terminating") || !Fields.text(namespace, "metadata", "deletionTimestamp").isEmpty()) {
            throw Refuse.forbidden(request, "unable to create new content in namespace " + name + " because it is being terminated")
                    .withCauses(List.of(new ApiException.Cause("NamespaceTerminating", "namespace " + name + " is being terminated", "metadata.namespace")));
        }
    }
}
