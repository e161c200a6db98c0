package io.jakube.agent.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.jakube.common.api.ObjectKey;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** The rules of the Kubernetes DNS specification, one by one. */
class ClusterResolverTest {
    private final Zone zone = Zone.of("cluster.local", InetAddress.ofLiteral("10.96.0.10"));
    private final RecordTable table = new RecordTable(zone.origin(), zone.fixedRecords());
    private final ClusterResolver resolver = new ClusterResolver(zone, table);

    static Service service(String name, String clusterIp) {
        return new ServiceBuilder().withNewMetadata().withNamespace("default").withName(name).endMetadata()
                .withNewSpec().withClusterIP(clusterIp).addNewPort().withName("http").withProtocol("TCP").withPort(80).endPort().endSpec().build();
    }

    static EndpointSlice slice(String service, Endpoint... endpoints) {
        return new EndpointSliceBuilder().withNewMetadata().withNamespace("default").withName(service + "-1").addToLabels("kubernetes.io/service-name", service).endMetadata()
                .withAddressType("IPv4").addNewPort().withName("http").withProtocol("TCP").withPort(8080).endPort().withEndpoints(endpoints).build();
    }

    static Endpoint endpoint(String ip, String hostname, boolean ready) {
        return new EndpointBuilder().withAddresses(ip).withHostname(hostname).withNewConditions().withReady(ready).endConditions().build();
    }

    private void put(Service service, EndpointSlice... slices) {
        table.update(new ObjectKey("default", service.getMetadata().getName()), ServiceRecords.of(zone, service, List.of(slices)));
    }

    private Answer ask(String name, int type) {
        return resolver.resolve(Zone.name(name), type).orElseThrow();
    }

    private List<String> answers(String name, int type) {
        return ask(name, type).answers().stream().map(ClusterResolverTest::text).sorted().toList();
    }

    private static String text(Record record) {
        return record.getName() + " " + Type.string(record.getType()) + " " + record.rdataToString();
    }

    private void assertNoData(String name, int type) {
        Answer answer = ask(name, type);
        assertThat(answer.rcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer.answers()).isEmpty();
        assertThat(answer.authority()).singleElement().extracting(Record::getType).isEqualTo(Type.SOA);
    }

    private void assertNoSuchName(String name) {
        Answer answer = ask(name, Type.A);
        assertThat(answer.rcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(answer.authority()).singleElement().extracting(Record::getType).isEqualTo(Type.SOA);
        assertThat(answer.authoritative()).isTrue();
    }

    @Test
    void a_service_has_its_cluster_ip_its_ports_and_a_reverse_name() {
        put(service("web", "10.96.0.5"));
        assertThat(answers("web.default.svc.cluster.local.", Type.A)).containsExactly("web.default.svc.cluster.local. A 10.96.0.5");
        assertThat(answers("WEB.Default.SVC.cluster.local.", Type.A)).hasSize(1);
        assertThat(answers("_http._tcp.web.default.svc.cluster.local.", Type.SRV)).containsExactly(
                "_http._tcp.web.default.svc.cluster.local. SRV 0 100 80 web.default.svc.cluster.local.");
        assertThat(ask("_http._tcp.web.default.svc.cluster.local.", Type.SRV).additional()).singleElement().extracting(Record::rdataToString).isEqualTo("10.96.0.5");
        assertThat(answers("5.0.96.10.in-addr.arpa.", Type.PTR)).containsExactly("5.0.96.10.in-addr.arpa. PTR web.default.svc.cluster.local.");
        assertThat(ask("web.default.svc.cluster.local.", Type.A).answers().getFirst().getTTL()).isEqualTo(5);
    }

    @Test
    void no_such_name_and_no_such_data_are_told_apart() {
        put(service("web", "10.96.0.5"));
        assertNoData("web.default.svc.cluster.local.", Type.AAAA);
        assertNoData("default.svc.cluster.local.", Type.A);
        assertNoData("svc.cluster.local.", Type.A);
        assertNoData("_tcp.web.default.svc.cluster.local.", Type.SRV);
        assertNoData("cluster.local.", Type.A);
        assertNoSuchName("nothing.default.svc.cluster.local.");
        assertNoSuchName("web.other.svc.cluster.local.");
        assertNoSuchName("example.com.default.svc.cluster.local.");
        put(new ServiceBuilder(service("web", "10.96.0.5")).withSpec(null).build());
        assertNoSuchName("web.default.svc.cluster.local.");
        assertNoSuchName("default.svc.cluster.local.");
        assertThat(resolver.resolve(Zone.name("5.0.96.10.in-addr.arpa."), Type.PTR)).isEmpty();
    }

    @Test
    void a_headless_service_has_the_addresses_and_names_of_its_ready_endpoints() {
        put(service("db", "None"), slice("db", endpoint("10.244.1.2", "db-0", true), endpoint("10.244.1.3", null, true), endpoint("10.244.1.4", "db-2", false)));
        assertThat(answers("db.default.svc.cluster.local.", Type.A)).containsExactly(
                "db.default.svc.cluster.local. A 10.244.1.2", "db.default.svc.cluster.local. A 10.244.1.3");
        assertThat(answers("db-0.db.default.svc.cluster.local.", Type.A)).containsExactly("db-0.db.default.svc.cluster.local. A 10.244.1.2");
        assertThat(answers("10-244-1-3.db.default.svc.cluster.local.", Type.A)).hasSize(1);
        assertThat(answers("_http._tcp.db.default.svc.cluster.local.", Type.SRV)).containsExactly(
                "_http._tcp.db.default.svc.cluster.local. SRV 0 100 8080 10-244-1-3.db.default.svc.cluster.local.",
                "_http._tcp.db.default.svc.cluster.local. SRV 0 100 8080 db-0.db.default.svc.cluster.local.");
        assertThat(answers("2.1.244.10.in-addr.arpa.", Type.PTR)).containsExactly("2.1.244.10.in-addr.arpa. PTR db-0.db.default.svc.cluster.local.");
        assertNoSuchName("db-2.db.default.svc.cluster.local.");
    }

    @Test
    void endpoints_that_are_not_ready_are_published_on_request_and_follow_changes() {
        Service service = new ServiceBuilder(service("db", "None")).editSpec().withPublishNotReadyAddresses(true).endSpec().build();
        put(service, slice("db", endpoint("10.244.1.4", "db-2", false)));
        assertThat(answers("db-2.db.default.svc.cluster.local.", Type.A)).hasSize(1);
        put(service, slice("db", endpoint("10.244.1.9", "db-2", true)));
        assertThat(answers("db-2.db.default.svc.cluster.local.", Type.A)).containsExactly("db-2.db.default.svc.cluster.local. A 10.244.1.9");
        put(service);
        assertNoSuchName("db.default.svc.cluster.local.");
    }

    @Test
    void an_external_name_is_an_alias_followed_inside_the_zone() {
        put(new ServiceBuilder(service("ext", "")).editSpec().withType("ExternalName").withExternalName("db.example.org").endSpec().build());
        put(new ServiceBuilder(service("alias", "")).editSpec().withType("ExternalName").withExternalName("web.default.svc.cluster.local").endSpec().build());
        put(service("web", "10.96.0.5"));
        assertThat(answers("ext.default.svc.cluster.local.", Type.A)).containsExactly("ext.default.svc.cluster.local. CNAME db.example.org.");
        assertThat(answers("alias.default.svc.cluster.local.", Type.A)).containsExactly(
                "alias.default.svc.cluster.local. CNAME web.default.svc.cluster.local.", "web.default.svc.cluster.local. A 10.96.0.5");
    }

    @Test
    void aliases_that_go_in_circles_fail() {
        put(new ServiceBuilder(service("a", "")).editSpec().withType("ExternalName").withExternalName("a.default.svc.cluster.local").endSpec().build());
        assertThat(ask("a.default.svc.cluster.local.", Type.A).rcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void a_pod_address_is_its_name() {
        assertThat(answers("10-244-1-7.default.pod.cluster.local.", Type.A)).containsExactly("10-244-1-7.default.pod.cluster.local. A 10.244.1.7");
        assertNoData("10-244-1-7.default.pod.cluster.local.", Type.AAAA);
        assertThat(answers("fd00--7.default.pod.cluster.local.", Type.AAAA)).hasSize(1);
        assertNoSuchName("10-244-1-777.default.pod.cluster.local.");
        assertNoSuchName("web.default.pod.cluster.local.");
        assertNoData("default.pod.cluster.local.", Type.A);
    }

    @Test
    void the_zone_describes_itself() {
        assertThat(answers("cluster.local.", Type.SOA)).hasSize(1);
        assertThat(answers("cluster.local.", Type.NS)).containsExactly("cluster.local. NS ns.dns.cluster.local.");
        assertThat(answers("ns.dns.cluster.local.", Type.A)).containsExactly("ns.dns.cluster.local. A 10.96.0.10");
        assertThat(answers("dns-version.cluster.local.", Type.TXT)).containsExactly("dns-version.cluster.local. TXT 1.1.0");
    }

    @Test
    void other_names_are_not_ours() {
        assertThat(resolver.resolve(Zone.name("example.com."), Type.A)).isEqualTo(Optional.empty());
        assertThat(resolver.resolve(Zone.name("notcluster.local."), Type.A)).isEqualTo(Optional.empty());
        assertThat(resolver.resolve(Zone.name("1.2.0.192.in-addr.arpa."), Type.PTR)).isEqualTo(Optional.empty());
    }
}
