package io.jakube.apiserver.authorization;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the rules of aggregated ClusterRoles from the roles their label selectors choose (API reference, AggregationRule). Runs once per
 * start and after each burst of changes, on a virtual thread; any number of API servers may run it, for the result is the same.
 */
public final class RoleAggregation {
    private static final Logger LOG = LoggerFactory.getLogger(RoleAggregation.class);

    private final ObjectStore store;
    private final AtomicBoolean pending = new AtomicBoolean();
    private final Object running = new Object();

    public RoleAggregation(ObjectStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    /** Begins to follow changes. */
    public void start() {
        store.onChange(RbacResources.CLUSTER_ROLES, this::trigger);
        trigger();
    }

    private void trigger() {
        if (pending.compareAndSet(false, true)) {
            Thread.ofVirtual().name("role-aggregation").start(() -> {
                synchronized (running) {
                    pending.set(false);
                    run();
                }
            });
        }
    }

    private void run() {
        List<ObjectNode> roles = store.listCached(RbacResources.CLUSTER_ROLES, "");
        for (ObjectNode role : roles) {
            if (!role.path("aggregationRule").path("clusterRoleSelectors").isEmpty()) {
                String name = role.path("metadata").path("name").asText();
                ArrayNode rules = rules(role, roles);
                if (!rules.equals(role.path("rules"))) {
                    write(name, rules);
                }
            }
        }
    }

    private void write(String name, ArrayNode rules) {
        try {
            store.update(RbacResources.CLUSTER_ROLES, "", name, role -> {
                role.set("rules", rules.deepCopy());
                return role;
            });
        } catch (ApiException e) {
            LOG.info("ClusterRole {} was not aggregated, the next change tries again: {}", name, e.getMessage());
        }
    }

    /** The rules an aggregated role should have: of all chosen roles but itself, by role name, each rule once. */
    public static ArrayNode rules(ObjectNode aggregated, List<ObjectNode> roles) {
        String own = aggregated.path("metadata").path("name").asText();
        Set<JsonNode> rules = new LinkedHashSet<>();
        for (JsonNode selector : aggregated.path("aggregationRule").path("clusterRoleSelectors")) {
            roles.stream()
                    .filter(role -> !role.path("metadata").path("name").asText().equals(own) && LabelSelectors.matches(selector, role.path("metadata").path("labels")))
                    .sorted(Comparator.comparing((ObjectNode role) -> role.path("metadata").path("name").asText()))
                    .forEach(role -> role.path("rules").forEach(rules::add));
        }
        ArrayNode array = Json.mapper().createArrayNode();
        rules.forEach(array::add);
        return array;
    }
}
