package io.jakube.controller.namespace;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Namespace;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.client.ApiClient;
import io.jakube.common.client.ApiPaths;
import io.jakube.common.informer.Lister;
import io.jakube.common.json.Json;
import io.jakube.controller.discovery.ResourceDiscovery;
import io.jakube.controller.discovery.ServedResource;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Empties namespaces that are being deleted and then lets them go, by removing the {@code kubernetes} finalizer. What is left is tried again
 * whenever something in the namespace goes away, and every now and then.
 */
public final class NamespaceController {
    private static final String FINALIZER = "kubernetes";
    private static final Duration TRY_AGAIN = Duration.ofSeconds(5);

    private final Lister<Namespace> namespaces;
    private final ApiClient client;
    private final ResourceDiscovery discovery;
    private final InstantSource clock;
    private final ReconcileLoop loop;

    public NamespaceController(ControllerScope scope, ResourceDiscovery discovery) {
        this.discovery = requireNonNull(discovery, "discovery is null");
        namespaces = scope.lister(Namespace.class);
        client = scope.client();
        clock = scope.clock();
        loop = scope.loop("namespace", 5, this::reconcile);
        scope.watchEach(Namespace.class, namespace -> {
            if (namespace.getMetadata().getDeletionTimestamp() != null) {
                loop.add(ControllerScope.keyOf(namespace));
            }
        });
    }

    /** Something in a namespace went away. */
    public void contentRemoved(String namespace) {
        if (namespaces.get("", namespace).filter(n -> n.getMetadata().getDeletionTimestamp() != null).isPresent()) {
            // Deletions come in numbers: look once for all that happen together.
            loop.addAfter(new ObjectKey("", namespace), Duration.ofMillis(100));
        }
    }

    private Plan reconcile(ObjectKey key) {
        Namespace namespace = namespaces.get(key).orElse(null);
        if (namespace == null || namespace.getMetadata().getDeletionTimestamp() == null || !finalizers(namespace).contains(FINALIZER)) {
            return Plan.NOTHING;
        }
        List<ServedResource> resources;
        try {
            resources = discovery.discover();
        } catch (RuntimeException e) {
            Namespace described = NamespaceConditions.undiscovered(namespace, String.valueOf(e.getMessage()), clock.instant());
            return status(namespace, described).requeueAfter(TRY_AGAIN).build();
        }
        NamespaceContent.Outcome outcome = NamespaceContent.delete(client, key.name(), resources);
        if (outcome.isEmpty()) {
            return Plan.of(finalizing(namespace));
        }
        return status(namespace, NamespaceConditions.describe(namespace, outcome, clock.instant())).requeueAfter(TRY_AGAIN).build();
    }

    private static Plan.Builder status(Namespace before, Namespace after) {
        Plan.Builder plan = Plan.builder();
        if (!after.getStatus().equals(before.getStatus())) {
            plan.then(new Write.UpdateStatus(after));
        }
        return plan;
    }

    private static List<String> finalizers(Namespace namespace) {
        return namespace.getSpec() == null || namespace.getSpec().getFinalizers() == null ? List.of() : namespace.getSpec().getFinalizers();
    }

    private static Write finalizing(Namespace namespace) {
        ObjectNode body = Json.readObject(Json.write(namespace));
        ((ObjectNode) body.get("metadata")).remove("resourceVersion");
        ArrayNode left = body.withObject("/spec").putArray("finalizers");
        finalizers(namespace).stream().filter(f -> !f.equals(FINALIZER)).forEach(left::add);
        return new Write.Request("PUT", ApiPaths.path(Namespace.class, "", namespace.getMetadata().getName(), "finalize"), body, "application/json");
    }
}
