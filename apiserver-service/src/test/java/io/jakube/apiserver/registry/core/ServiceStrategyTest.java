package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.defaulting.Defaulting;
import io.jakube.apiserver.registry.FakeKeyValueStore;
import io.jakube.apiserver.registry.FakeObjectStore;
import io.jakube.apiserver.registry.FakeRequests;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.catalog.Strategies;
import io.jakube.apiserver.registry.core.allocation.ServiceNetwork;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServiceStrategyTest {
    private static final GroupResource ADDRESSES = new GroupResource("networking.k8s.io", "ipaddresses");
    private static final GroupResource SERVICES = GroupResource.core("services");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final FakeObjectStore objects = new FakeObjectStore(NOW);
    private final FakeKeyValueStore keys = new FakeKeyValueStore();
    private final Strategies strategies = strategies("10.96.0.0/16", NOW);
    private final ResourceStrategy strategy = strategies.all().get(SERVICES);

    @Test
    void fillsAddressAndFamilies() throws IOException {
        ObjectNode service = created("a", "{\"selector\":{\"app\":\"x\"},\"ports\":[{\"port\":80}]}");
        String ip = text(service, "spec", "clusterIP");
        assertThat(ip).startsWith("10.96.");
        assertThat(service.at("/spec/clusterIPs")).isEqualTo(Json.mapper().readTree("[\"" + ip + "\"]"));
        assertThat(service.at("/spec/ipFamilies").toString()).isEqualTo("[\"IPv4\"]");
        assertThat(text(service, "spec", "ipFamilyPolicy")).isEqualTo("SingleStack");
        assertThat(service.get("status").toString()).isEqualTo("{\"loadBalancer\":{}}");
        assertThat(objects.names(ADDRESSES)).containsExactly(ip);
        strategy.afterDelete(service);
        assertThat(objects.names(ADDRESSES)).isEmpty();
    }

    @Test
    void refusesAnAddressThatIsTakenOrForeign() throws IOException {
        created("a", "{\"clusterIP\":\"10.96.0.10\"}");
        assertThatThrownBy(() -> created("b", "{\"clusterIP\":\"10.96.0.10\"}")).isInstanceOf(ApiException.class)
                .hasMessage("Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.96.0.10\"]: failed to allocate IP 10.96.0.10: provided IP is already allocated");
        assertThatThrownBy(() -> created("b", "{\"clusterIP\":\"10.97.0.1\"}")).isInstanceOf(ApiException.class)
                .hasMessageContaining("the provided IP (10.97.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/16");
        assertThat(objects.names(ADDRESSES)).containsExactly("10.96.0.10");
    }

    @Test
    void headlessAndExternalNameHaveNoAddress() throws IOException {
        ObjectNode headless = created("a", "{\"clusterIP\":\"None\",\"selector\":{\"app\":\"x\"}}");
        assertThat(headless.at("/spec/clusterIPs").toString()).isEqualTo("[\"None\"]");
        assertThat(text(headless, "spec", "ipFamilyPolicy")).isEqualTo("SingleStack");
        ObjectNode withoutSelector = created("b", "{\"clusterIP\":\"None\"}");
        assertThat(withoutSelector.at("/spec/ipFamilies").toString()).isEqualTo("[\"IPv4\",\"IPv6\"]");
        assertThat(text(withoutSelector, "spec", "ipFamilyPolicy")).isEqualTo("RequireDualStack");
        ObjectNode external = created("c", "{\"type\":\"ExternalName\",\"externalName\":\"example.com\"}");
        assertThat(external.get("spec").has("clusterIP")).isFalse();
        assertThat(external.get("spec").has("ipFamilies")).isFalse();
        assertThat(objects.names(ADDRESSES)).isEmpty();
    }

    @Test
    void nodePortsAreTakenOnceAndGivenBack() throws IOException {
        ObjectNode a = created("a", "{\"type\":\"NodePort\",\"ports\":[{\"name\":\"x\",\"port\":80,\"nodePort\":30008},{\"name\":\"y\",\"port\":80,\"protocol\":\"UDP\"},{\"name\":\"z\",\"port\":81}]}");
        assertThat(a.at("/spec/ports/1/nodePort").asInt()).isEqualTo(30008);
        assertThat(a.at("/spec/ports/2/nodePort").asInt()).isBetween(30000, 32767).isNotEqualTo(30008);
        assertThatThrownBy(() -> created("b", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80},{\"port\":81,\"nodePort\":30008}]}"))
                .hasMessage("Service \"b\" is invalid: spec.ports[1].nodePort: Invalid value: 30008: provided port is already allocated");
        assertThatThrownBy(() -> created("b", "{\"type\":\"NodePort\",\"ports\":[{\"port\":81,\"nodePort\":80}]}"))
                .hasMessage("Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767");
        assertThat(objects.names(ADDRESSES)).hasSize(1);
        strategy.afterDelete(a);
        created("b", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":30008}]}");
    }

    @Test
    void updateKeepsWhatTheClientLeftOutAndReleasesWhatTheTypeNoLongerHas() throws IOException {
        ObjectNode a = created("a", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80}]}");
        ObjectNode replaced = updated(service("a", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"targetPort\":8080}]}"), a);
        assertThat(replaced.at("/spec/ports/0/nodePort")).isEqualTo(a.at("/spec/ports/0/nodePort"));
        assertThat(replaced.at("/spec/clusterIPs")).isEqualTo(a.at("/spec/clusterIPs"));
        ObjectNode patched = replaced.deepCopy();
        ((ObjectNode) patched.get("spec")).put("type", "ClusterIP");
        ObjectNode clusterIp = updated(patched, replaced);
        assertThat(clusterIp.at("/spec/ports/0").has("nodePort")).isFalse();
        assertThat(clusterIp.get("spec").has("externalTrafficPolicy")).isFalse();
        assertThat(keys.currentRevision()).isEqualTo(2);
        ObjectNode renamed = clusterIp.deepCopy();
        ((ObjectNode) renamed.get("spec")).put("type", "ExternalName").put("externalName", "example.com");
        ObjectNode external = updated(renamed, clusterIp);
        assertThat(external.get("spec").has("clusterIP")).isFalse();
        assertThat(objects.names(ADDRESSES)).isEmpty();
    }

    @Test
    void aFailedWriteGivesBackOnlyWhatItTook() throws IOException {
        ObjectNode a = created("a", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80}]}");
        ObjectNode again = service("a", "{\"ports\":[{\"port\":80}]}");
        strategy.prepareForCreate(again, FakeRequests.context());
        strategy.afterCreate(again, false);
        assertThat(objects.names(ADDRESSES)).containsExactly(text(a, "spec", "clusterIP"));
        ObjectNode more = a.deepCopy();
        ((ObjectNode) more.get("spec")).withArray("ports").addObject().put("name", "more").put("port", 81).put("nodePort", 30009);
        strategy.prepareForUpdate(more, a, FakeRequests.context());
        strategy.afterUpdate(more, a, false);
        created("b", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":30009}]}");
        assertThatThrownBy(() -> created("c", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":" + a.at("/spec/ports/0/nodePort") + "}]}"))
                .hasMessageContaining("provided port is already allocated");
    }

    @Test
    void dryRunTakesNothing() throws IOException {
        ObjectNode dry = service("a", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80}]}");
        strategy.prepareForCreate(dry, FakeRequests.dryRun());
        assertThat(dry.at("/spec/ports/0/nodePort").asInt()).isPositive();
        assertThat(text(dry, "spec", "clusterIP")).isNotEmpty();
        strategy.afterCreate(dry, false);
        assertThat(objects.names(ADDRESSES)).isEmpty();
        assertThat(keys.currentRevision()).isZero();
    }

    @Test
    void aTinyRangeIsUsedToTheLastAddress() throws IOException {
        ResourceStrategy tiny = strategies("10.0.0.0/28", NOW).all().get(SERVICES);
        Set<String> given = new HashSet<>();
        for (int i = 0; i < 14; i++) {
            ObjectNode service = service("s" + i, "{\"ports\":[{\"port\":80}]}");
            tiny.prepareForCreate(service, FakeRequests.context());
            given.add(text(service, "spec", "clusterIP"));
        }
        assertThat(given).hasSize(14).contains("10.0.0.1", "10.0.0.14");
        assertThatThrownBy(() -> tiny.prepareForCreate(service("one-more", "{}"), FakeRequests.context())).hasMessageContaining("range is full");
    }

    @Test
    void repairReleasesWhatNobodyUsesAndHoldsWhatIsUsed() throws IOException {
        ObjectNode kept = created("kept", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":30001}]}");
        objects.create(SERVICES, kept);
        created("lost", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":30002}]}");
        objects.create(SERVICES, service("unheld", "{\"type\":\"NodePort\",\"clusterIP\":\"10.96.0.77\",\"clusterIPs\":[\"10.96.0.77\"],\"ports\":[{\"port\":80,\"nodePort\":30003}]}"));

        strategies("10.96.0.0/16", NOW.plusSeconds(30)).repair().run();
        assertThat(objects.names(ADDRESSES)).hasSize(3);

        strategies("10.96.0.0/16", NOW.plus(Duration.ofMinutes(2))).repair().run();
        assertThat(objects.names(ADDRESSES)).containsExactlyInAnyOrder("10.96.0.77", text(kept, "spec", "clusterIP"));
        created("new", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":30002}]}");
        assertThatThrownBy(() -> created("newer", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":30003}]}")).hasMessageContaining("already allocated");
    }

    @Test
    void asksForNoSecondAddressFamily() {
        assertThatThrownBy(() -> created("a", "{\"ipFamilyPolicy\":\"RequireDualStack\",\"selector\":{\"a\":\"b\"}}"))
                .hasMessageContaining("spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services");
        assertThatThrownBy(() -> created("a", "{\"ipFamilies\":[\"IPv6\"],\"selector\":{\"a\":\"b\"}}"))
                .hasMessageContaining("spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster");
    }

    private Strategies strategies(String cidr, Instant now) {
        return Strategies.create(objects, keys, ServiceNetwork.parse(cidr, "30000-32767"), Clock.fixed(now, ZoneOffset.UTC));
    }

    private ObjectNode created(String name, String spec) throws IOException {
        ObjectNode service = service(name, spec);
        strategy.prepareForCreate(service, FakeRequests.context());
        strategy.afterCreate(service, true);
        return service;
    }

    private ObjectNode updated(ObjectNode service, ObjectNode old) {
        strategy.prepareForUpdate(service, old, FakeRequests.context());
        strategy.afterUpdate(service, old, true);
        return service;
    }

    private static ObjectNode service(String name, String spec) throws IOException {
        ObjectNode service = (ObjectNode) Json.mapper().readTree("{\"metadata\":{\"namespace\":\"default\",\"name\":\"" + name + "\"},\"spec\":" + spec + "}");
        Defaulting.all().get(GroupVersionKind.of("v1", "Service")).apply(service);
        return service;
    }
}
