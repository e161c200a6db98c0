package io.jakube.apiserver.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.authorization.PolicyRule;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.common.api.GroupResource;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static final ClusterSettings SETTINGS = new ClusterSettings("10.96.0.1", "192.0.2.5", 6443, "PEM");
    private static final GroupResource CLUSTER_ROLES = DefaultPolicy.CLUSTER_ROLES;

    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @Test
    void aSecondRunWritesNothing() {
        Bootstrap.run(store, SETTINGS);
        int writes = store.writes();
        Bootstrap.run(store, SETTINGS);
        assertThat(writes).isGreaterThan(100);
        assertThat(store.writes()).isEqualTo(writes);
    }

    @Test
    void holdsWhatAClusterHolds() {
        Bootstrap.run(store, SETTINGS);
        assertThat(store.listCached(GroupResource.core("namespaces"), "")).extracting(n -> n.path("metadata").path("name").asText())
                .containsExactly("default", "kube-node-lease", "kube-public", "kube-system");
        assertThat(store.get(new GroupResource("scheduling.k8s.io", "priorityclasses"), "", "system-node-critical").orElseThrow().path("value").asInt()).isEqualTo(2_000_001_000);
    }

    @Test
    void aggregatedRolesAreFilled() {
        Bootstrap.run(store, SETTINGS);
        List<PolicyRule> admin = PolicyRule.parseAll(store.get(CLUSTER_ROLES, "", "admin").orElseThrow().path("rules"));
        for (String part : List.of("system:aggregate-to-admin", "system:aggregate-to-edit", "system:aggregate-to-view", "edit", "view")) {
            assertThat(admin).containsAll(PolicyRule.parseAll(store.get(CLUSTER_ROLES, "", part).orElseThrow().path("rules")));
        }
    }

    @Test
    void missingRulesComeBackAndAddedOnesStay() {
        Bootstrap.run(store, SETTINGS);
        PolicyRule added = new PolicyRule(List.of("get"), List.of("example.org"), List.of("things"), List.of(), List.of());
        store.update(CLUSTER_ROLES, "", "system:kube-dns", role -> {
            added.toJson(role.putArray("rules").addObject());
            return role;
        });
        Bootstrap.run(store, SETTINGS);
        List<PolicyRule> rules = PolicyRule.parseAll(store.get(CLUSTER_ROLES, "", "system:kube-dns").orElseThrow().path("rules"));
        assertThat(rules).contains(added, DefaultPolicy.rule("list watch | core | endpoints services"));
    }

    @Test
    void rolesThatOptOutAreLeftAlone() {
        Bootstrap.run(store, SETTINGS);
        store.update(CLUSTER_ROLES, "", "system:kube-dns", role -> {
            role.withObject("/metadata/annotations").put(DefaultPolicy.AUTO_UPDATE, "false");
            role.putArray("rules");
            return role;
        });
        Bootstrap.run(store, SETTINGS);
        assertThat(store.get(CLUSTER_ROLES, "", "system:kube-dns").orElseThrow().path("rules")).isEmpty();
    }

    @Test
    void aBindingToAnotherRoleIsMadeAnew() {
        Bootstrap.run(store, SETTINGS);
        store.update(DefaultPolicy.CLUSTER_ROLE_BINDINGS, "", "system:discovery", binding -> {
            binding.withObject("/roleRef").put("name", "cluster-admin");
            return binding;
        });
        Bootstrap.run(store, SETTINGS);
        assertThat(store.get(DefaultPolicy.CLUSTER_ROLE_BINDINGS, "", "system:discovery").orElseThrow().path("roleRef").path("name").asText()).isEqualTo("system:discovery");
    }

    @Test
    void notationIsExpanded() {
        assertThat(DefaultPolicy.rule("read | core apps | pods pods/log | a")).isEqualTo(
                new PolicyRule(List.of("get", "list", "watch"), List.of("", "apps"), List.of("pods", "pods/log"), List.of("a"), List.of()));
        assertThat(DefaultPolicy.rule("get | /livez /livez/*")).isEqualTo(new PolicyRule(List.of("get"), List.of(), List.of(), List.of(), List.of("/livez", "/livez/*")));
    }

    @Test
    void firstAddressOfARange() {
        assertThat(ClusterSettings.firstAddress("10.96.0.0/16")).isEqualTo("10.96.0.1");
        assertThat(ClusterSettings.firstAddress("10.96.7.9/12")).isEqualTo("10.96.0.1");
        assertThat(ClusterSettings.firstAddress("192.168.1.128/25")).isEqualTo("192.168.1.129");
        assertThat(ClusterSettings.firstAddress("fd00::/108")).isEqualTo("fd00:0:0:0:0:0:0:1");
    }
}
