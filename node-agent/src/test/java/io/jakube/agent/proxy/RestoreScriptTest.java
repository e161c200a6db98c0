package io.jakube.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.agent.proxy.ServiceRules.Shared;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RestoreScriptTest {
    private static final ServiceRules REFUSED = new ServiceRules(Map.of(), Map.of(Shared.FILTER_SERVICES, List.of("-d 10.96.0.5/32 -j REJECT")));
    private static final ServiceRules SERVED = new ServiceRules(
            Map.of("KUBE-SVC-AAAAAAAAAAAAAAAA", List.of("-j KUBE-SEP-BBBBBBBBBBBBBBBB")), Map.of(Shared.NAT_SERVICES, List.of("-d 10.96.0.5/32 -j KUBE-SVC-AAAAAAAAAAAAAAAA")));

    private static String change(ServiceRules before, ServiceRules now) {
        return RestoreScript.incremental(List.of(new RestoreScript.Change(before, now)));
    }

    @Test
    void nothing_is_written_when_nothing_changed() {
        assertThat(change(SERVED, SERVED)).isEmpty();
    }

    @Test
    void a_service_that_gets_endpoints_is_redirected_before_it_is_no_longer_refused() {
        assertThat(change(REFUSED, SERVED)).isEqualTo("""
                *nat
                :KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]
                -I KUBE-SERVICES -d 10.96.0.5/32 -j KUBE-SVC-AAAAAAAAAAAAAAAA
                -A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-BBBBBBBBBBBBBBBB
                COMMIT
                *filter
                -D KUBE-SERVICES -d 10.96.0.5/32 -j REJECT
                COMMIT
                """);
    }

    @Test
    void a_service_that_loses_its_endpoints_is_refused_before_its_chains_go() {
        assertThat(change(SERVED, REFUSED)).isEqualTo("""
                *filter
                -I KUBE-SERVICES -d 10.96.0.5/32 -j REJECT
                COMMIT
                *nat
                :KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]
                -D KUBE-SERVICES -d 10.96.0.5/32 -j KUBE-SVC-AAAAAAAAAAAAAAAA
                -X KUBE-SVC-AAAAAAAAAAAAAAAA
                COMMIT
                """);
    }

    @Test
    void only_chains_that_differ_are_written() {
        ServiceRules before = new ServiceRules(Map.of("KUBE-SVC-AAAAAAAAAAAAAAAA", List.of("-j X"), "KUBE-SEP-AAAAAAAAAAAAAAAA", List.of("-j Y")), Map.of());
        ServiceRules now = new ServiceRules(Map.of("KUBE-SVC-AAAAAAAAAAAAAAAA", List.of("-j Z"), "KUBE-SEP-AAAAAAAAAAAAAAAA", List.of("-j Y")), Map.of());
        assertThat(change(before, now)).isEqualTo("*nat\n:KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]\n-A KUBE-SVC-AAAAAAAAAAAAAAAA -j Z\nCOMMIT\n");
    }

    @Test
    void a_full_script_removes_chains_of_services_that_are_gone_and_no_others() {
        List<String> nat = List.of(":KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]", ":KUBE-SEP-CCCCCCCCCCCCCCCC - [0:0]", ":DOCKER - [0:0]", ":KUBE-SERVICES - [0:0]", ":KUBE-MARK-MASQ - [0:0]");
        assertThat(RestoreScript.full(List.of(SERVED), List.of(), nat)).contains("-X KUBE-SEP-CCCCCCCCCCCCCCCC").containsOnlyOnce("-X ").endsWith("COMMIT\n");
    }

    @Test
    void jumps_from_built_in_chains_are_inserted_only_where_missing_and_in_order() {
        String text = RestoreScript.full(List.of(), List.of("-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES"), List.of());
        assertThat(text.lines().filter(line -> line.startsWith("-I FORWARD")).map(line -> line.substring(line.indexOf("-j ")))).containsExactly(
                "-j KUBE-EXTERNAL-SERVICES", "-j KUBE-FORWARD", "-j KUBE-PROXY-FIREWALL");
        assertThat(text).containsOnlyOnce("-I POSTROUTING ");
    }
}
