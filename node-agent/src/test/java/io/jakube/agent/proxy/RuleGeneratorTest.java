package io.jakube.agent.proxy;

import static io.jakube.agent.proxy.Objects.nodePort;
import static io.jakube.agent.proxy.Objects.ready;
import static io.jakube.agent.proxy.Objects.service;
import static io.jakube.agent.proxy.Objects.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.jakube.agent.network.Ipv4Cidr;
import io.jakube.agent.proxy.ServiceRules.Shared;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RuleGeneratorTest {
    private static final EndpointSelection.Place HERE = new EndpointSelection.Place("a", "");

    /** The rules as text, chain by chain. */
    private static String rules(Service service, EndpointSlice... slices) {
        List<ServicePort> ports = new ServiceModel(Set.of("10.96.0.10")).ports(service, List.of(slices), HERE);
        ServiceRules rules = new RuleGenerator(Optional.of(Ipv4Cidr.parse("10.244.0.0/16"))).generate(ports);
        StringBuilder text = new StringBuilder();
        for (Shared chain : Shared.values()) {
            rules.shared(chain).forEach(rule -> text.append(chain.table()).append(' ').append(chain.chain()).append(' ').append(rule).append('\n'));
        }
        new TreeMap<>(rules.chains()).forEach((chain, list) -> list.forEach(rule -> text.append(chain).append(' ').append(rule).append('\n')));
        return text.toString();
    }

    /** Names as upstream's kube-proxy gives them, from its published examples. */
    @Test
    void chain_names_are_upstreams() {
        ServicePort port = new ServiceModel(Set.of()).ports(
                service("kubernetes", "10.96.0.1").editSpec().editFirstPort().withName("https").endPort().endSpec().build(), List.of(), HERE).getFirst();
        assertThat(new ChainNames(port).cluster()).isEqualTo("KUBE-SVC-NPX46M4PTMTKRN6Y");
    }

    @Test
    void a_cluster_ip_is_balanced_over_its_endpoints() {
        assertThat(rules(service("web", "10.96.0.5").build(), slice("web", ready("10.244.1.2", "a"), ready("10.244.2.3", "b")))).isEqualTo("""
                nat KUBE-SERVICES -m comment --comment "default/web:http cluster IP" -d 10.96.0.5/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-CDGGSHYLG3RE2FKL
                KUBE-SEP-UIQK3OSOSTRHRPBX -m comment --comment "default/web:http" -s 10.244.1.2/32 -j KUBE-MARK-MASQ
                KUBE-SEP-UIQK3OSOSTRHRPBX -m comment --comment "default/web:http" -p tcp -m tcp -j DNAT --to-destination 10.244.1.2:8080
                KUBE-SEP-VQGOCFX4X6FWJPNR -m comment --comment "default/web:http" -s 10.244.2.3/32 -j KUBE-MARK-MASQ
                KUBE-SEP-VQGOCFX4X6FWJPNR -m comment --comment "default/web:http" -p tcp -m tcp -j DNAT --to-destination 10.244.2.3:8080
                KUBE-SVC-CDGGSHYLG3RE2FKL ! -s 10.244.0.0/16 -m comment --comment "default/web:http cluster IP" -d 10.96.0.5/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
                KUBE-SVC-CDGGSHYLG3RE2FKL -m comment --comment "default/web:http -> 10.244.1.2:8080" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-UIQK3OSOSTRHRPBX
                KUBE-SVC-CDGGSHYLG3RE2FKL -m comment --comment "default/web:http -> 10.244.2.3:8080" -j KUBE-SEP-VQGOCFX4X6FWJPNR
                """);
    }

    @Test
    void without_endpoints_all_addresses_refuse() {
        Service service = service("web", "10.96.0.5").editSpec().withType("LoadBalancer").withExternalIPs("198.51.100.7").editFirstPort().withNodePort(30080).endPort().endSpec()
                .withNewStatus().withNewLoadBalancer().addNewIngress().withIp("203.0.113.9").endIngress().endLoadBalancer().endStatus().build();
        assertThat(rules(service)).isEqualTo("""
                filter KUBE-SERVICES -m comment --comment "default/web:http has no endpoints" -d 10.96.0.5/32 -p tcp -m tcp --dport 80 -j REJECT
                filter KUBE-EXTERNAL-SERVICES -m comment --comment "default/web:http has no endpoints" -d 198.51.100.7/32 -p tcp -m tcp --dport 80 -j REJECT
                filter KUBE-EXTERNAL-SERVICES -m comment --comment "default/web:http has no endpoints" -d 203.0.113.9/32 -p tcp -m tcp --dport 80 -j REJECT
                filter KUBE-EXTERNAL-SERVICES -m comment --comment "default/web:http has no endpoints" -m addrtype --dst-type LOCAL -p tcp -m tcp --dport 30080 -j REJECT
                """);
    }

    @Test
    void a_node_port_is_masqueraded_under_policy_cluster() {
        assertThat(rules(nodePort("web", "10.96.0.5", 30008, "Cluster"), slice("web", ready("10.244.2.3", "b")))).contains("""
                nat KUBE-NODEPORTS -m comment --comment "default/web:http" -p tcp -m tcp --dport 30008 -j KUBE-EXT-CDGGSHYLG3RE2FKL
                """, """
                KUBE-EXT-CDGGSHYLG3RE2FKL -m comment --comment "external traffic for default/web:http" -j KUBE-MARK-MASQ
                KUBE-EXT-CDGGSHYLG3RE2FKL -j KUBE-SVC-CDGGSHYLG3RE2FKL
                """);
    }

    @Test
    void policy_local_keeps_source_addresses_and_drops_where_there_is_no_local_endpoint() {
        Service service = nodePort("web", "10.96.0.5", 30008, "Local");
        assertThat(rules(service, slice("web", ready("10.244.1.2", "a"), ready("10.244.2.3", "b")))).contains("""
                KUBE-EXT-CDGGSHYLG3RE2FKL -m comment --comment "pod traffic for default/web:http" -s 10.244.0.0/16 -j KUBE-SVC-CDGGSHYLG3RE2FKL
                KUBE-EXT-CDGGSHYLG3RE2FKL -m comment --comment "node's traffic for default/web:http" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
                KUBE-EXT-CDGGSHYLG3RE2FKL -m comment --comment "node's traffic for default/web:http" -m addrtype --src-type LOCAL -j KUBE-SVC-CDGGSHYLG3RE2FKL
                KUBE-EXT-CDGGSHYLG3RE2FKL -j KUBE-SVL-CDGGSHYLG3RE2FKL
                """, """
                KUBE-SVL-CDGGSHYLG3RE2FKL -m comment --comment "default/web:http -> 10.244.1.2:8080" -j KUBE-SEP-UIQK3OSOSTRHRPBX
                """);
        assertThat(rules(service, slice("web", ready("10.244.2.3", "b"))))
                .contains("has no local endpoints\" -m addrtype --dst-type LOCAL -p tcp -m tcp --dport 30008 -j DROP").doesNotContain("KUBE-SVL-");
    }

    @Test
    void internal_policy_local_uses_local_endpoints_for_the_cluster_ip() {
        Service service = service("web", "10.96.0.5").editSpec().withInternalTrafficPolicy("Local").endSpec().build();
        assertThat(rules(service, slice("web", ready("10.244.1.2", "a"), ready("10.244.2.3", "b")))).contains("-j KUBE-SVL-").doesNotContain("KUBE-SVC-", "10.244.2.3");
        assertThat(rules(service, slice("web", ready("10.244.2.3", "b")))).isEqualTo(
                "filter KUBE-SERVICES -m comment --comment \"default/web:http has no local endpoints\" -d 10.96.0.5/32 -p tcp -m tcp --dport 80 -j DROP\n");
    }

    @Test
    void a_client_stays_with_its_endpoint_under_session_affinity() {
        Service service = service("web", "10.96.0.5").editSpec().withSessionAffinity("ClientIP").endSpec().build();
        assertThat(rules(service, slice("web", ready("10.244.1.2", "a"), ready("10.244.2.3", "b")))).contains(
                "-m recent --name KUBE-SEP-UIQK3OSOSTRHRPBX --rcheck --seconds 10800 --reap -j KUBE-SEP-UIQK3OSOSTRHRPBX",
                "-m recent --name KUBE-SEP-UIQK3OSOSTRHRPBX --set -p tcp -m tcp -j DNAT --to-destination 10.244.1.2:8080");
    }

    @Test
    void load_balancer_sources_can_be_restricted() {
        Service service = service("web", "10.96.0.5").editSpec().withType("LoadBalancer").withLoadBalancerSourceRanges(" 192.0.2.0/24", "fd00::/8").endSpec()
                .withNewStatus().withNewLoadBalancer().addNewIngress().withIp("203.0.113.9").endIngress().addNewIngress().withIp("203.0.113.10").withIpMode("Proxy").endIngress()
                .endLoadBalancer().endStatus().build();
        assertThat(rules(service, slice("web", ready("10.244.1.2", "a")))).contains(
                "filter KUBE-PROXY-FIREWALL -m comment --comment \"default/web:http not from the source ranges\" -d 203.0.113.9/32 -p tcp -m tcp --dport 80 -j DROP",
                "nat KUBE-SERVICES -m comment --comment \"default/web:http load balancer IP\" -d 203.0.113.9/32 -p tcp -m tcp --dport 80 -j KUBE-FW-CDGGSHYLG3RE2FKL",
                "KUBE-FW-CDGGSHYLG3RE2FKL -s 192.0.2.0/24 -j KUBE-EXT-CDGGSHYLG3RE2FKL").doesNotContain("203.0.113.10", "fd00");
    }

    @Test
    void headless_external_foreign_and_locally_served_services_get_no_rules() {
        EndpointSlice slice = slice("web", ready("10.244.1.2", "a"));
        assertThat(rules(service("web", "None").build(), slice)).isEmpty();
        assertThat(rules(service("web", "").editSpec().withType("ExternalName").endSpec().build(), slice)).isEmpty();
        assertThat(rules(service("web", "10.96.0.5").editMetadata().addToLabels(ServiceModel.OTHER_PROXY, "x").endMetadata().build(), slice)).isEmpty();
        assertThat(rules(service("kube-dns", "10.96.0.10").build(), slice)).isEmpty();
    }

    @Test
    void udp_and_sctp_are_matched_by_their_own_modules() {
        Service service = service("web", "10.96.0.5").editSpec().withPorts().addNewPort().withProtocol("UDP").withPort(53).endPort().addNewPort().withName("s").withProtocol("SCTP")
                .withPort(99).endPort().endSpec().build();
        assertThat(rules(service)).contains("-p udp -m udp --dport 53", "-p sctp -m sctp --dport 99", "\"default/web has no endpoints\"");
    }
}
