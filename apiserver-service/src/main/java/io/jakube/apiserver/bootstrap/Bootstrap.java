package io.jakube.apiserver.bootstrap;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what every cluster holds: system namespaces, default roles and bindings, priority classes. Idempotent, and cheap when nothing is missing: it compares with the watch caches and writes only differences, all at once so
 * that the store commits them together.
 */
public final class Bootstrap {
    private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);

    private static final GroupResource NAMESPACES = GroupResource.core("namespaces");
    private static final GroupResource PRIORITY_CLASSES = new GroupResource("scheduling.k8s.io", "priorityclasses");

    private final ObjectStore store;
    private final ClusterSettings settings;

    private Bootstrap(ObjectStore store, ClusterSettings settings) {
        this.store = requireNonNull(store, "store is null");
        this.settings = requireNonNull(settings, "settings is null");
    }

    /**
     * Runs to the end.
     *
     * @throws ApiException the first failure, after everything else was tried
     */
    public static void run(ObjectStore store, ClusterSettings settings) {
        new Bootstrap(store, settings).run();
    }

    private void run() {
        long start = System.nanoTime();
        List<Runnable> namespaces = new ArrayList<>();
        for (String name : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
            ObjectNode namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
            namespace.putObject("metadata").put("name", name).putObject("labels").put("kubernetes.io/metadata.name", name);
            createIfAbsent(namespaces, NAMESPACES, namespace);
        }
        int written = all(namespaces);

        List<Runnable> writes = new ArrayList<>();
        policy(writes);
        createIfAbsent(writes, PRIORITY_CLASSES, priorityClass("system-cluster-critical", 2_000_000_000, "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."));
        createIfAbsent(writes, PRIORITY_CLASSES, priorityClass("system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their current node."));
        writes.add(this::authenticationConfig);
        written += all(writes);
        LOG.info("bootstrap: {} steps in {} ms", written, (System.nanoTime() - start) / 1_000_000);
    }

    private void policy(List<Runnable> writes) {
        List<DefaultPolicy.Entry> entries = DefaultPolicy.load();
        Map<GroupResource, Map<String, ObjectNode>> present = new HashMap<>();
        for (DefaultPolicy.Entry entry : entries) {
            ObjectNode stored = present.computeIfAbsent(entry.resource(), this::byKey).get(entry.namespace() + "/" + entry.name());
            if (stored == null) {
                writes.add(() -> create(entry.resource(), entry.object()));
            } else if (PolicyReconciliation.replaces(entry.object(), stored)) {
                writes.add(() -> {
                    store.delete(entry.resource(), entry.namespace(), entry.name(), Json.object());
                    create(entry.resource(), entry.object());
                });
            } else if (PolicyReconciliation.reconcile(entry.object(), stored).isPresent()) {
                writes.add(() -> store.update(entry.resource(), entry.namespace(), entry.name(),
                        current -> PolicyReconciliation.reconcile(entry.object(), current).orElse(current)));
            }
        }
    }

    private Map<String, ObjectNode> byKey(GroupResource resource) {
        Map<String, ObjectNode> objects = new HashMap<>();
        for (ObjectNode object : store.listCached(resource, "")) {
            JsonNode metadata = object.path("metadata");
            objects.put(metadata.path("namespace").asText() + "/" + metadata.path("name").asText(), object);
        }
        return objects;
    }

    /** Where extension API servers read whom to trust (Kubernetes documentation, "Configure the aggregation layer"). */
    private void authenticationConfig() {
        GroupResource configMaps = GroupResource.core("configmaps");
        String name = "extension-apiserver-authentication";
        if (store.getCached(configMaps, "kube-system", name).map(found -> found.path("data").path("client-ca-file").asText().equals(settings.authorityPem())).orElse(false)) {
            return;
        }
        ObjectNode config = Json.object().put("apiVersion", "v1").put("kind", "ConfigMap");
        config.putObject("metadata").put("name", name).put("namespace", "kube-system");
        config.putObject("data").put("client-ca-file", settings.authorityPem());
        if (!create(configMaps, config)) {
            store.update(configMaps, "kube-system", name, current -> {
                current.withObject("/data").put("client-ca-file", settings.authorityPem());
                return current;
            });
        }
    }

    private void createIfAbsent(List<Runnable> writes, GroupResource resource, ObjectNode object) {
        if (store.getCached(resource, "", object.path("metadata").path("name").asText()).isEmpty()) {
            writes.add(() -> create(resource, object));
        }
    }

    /** @return whether it was created; false if somebody else was faster */
    private boolean create(GroupResource resource, ObjectNode object) {
        try {
            store.create(resource, object.deepCopy());
            return true;
        } catch (ApiException e) {
            if (e.is("AlreadyExists")) {
                return false;
            }
            throw e;
        }
    }

    private static ObjectNode priorityClass(String name, int value, String description) {
        ObjectNode object = Json.object().put("apiVersion", "scheduling.k8s.io/v1").put("kind", "PriorityClass");
        object.putObject("metadata").put("name", name);
        return object.put("value", value).put("description", description);
    }

    private static int all(List<Runnable> steps) {
        List<Future<?>> running = new ArrayList<>(steps.size());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            steps.forEach(step -> running.add(threads.submit(step)));
        }
        RuntimeException failure = null;
        for (Future<?> future : running) {
            try {
                future.get();
            } catch (ExecutionException e) {
                RuntimeException cause = e.getCause() instanceof RuntimeException runtime ? runtime : new IllegalStateException(e.getCause());
                if (failure == null) {
                    failure = cause;
                } else {
                    failure.addSuppressed(cause);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the first objects were written", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return steps.size();
    }
}
