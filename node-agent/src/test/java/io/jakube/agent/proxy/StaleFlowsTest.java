package io.jakube.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.common.api.ObjectKey;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StaleFlowsTest {
    private static ServicePort port(String protocol, int nodePort, String... endpoints) {
        List<Endpoint> list = Stream.of(endpoints).map(ip -> new Endpoint(ip, 53, false)).toList();
        return new ServicePort(new ObjectKey("default", "dns"), "", protocol, "10.96.0.7", 53, nodePort, List.of(), List.of(), List.of(), 0, false, false, 0,
                new EndpointSelection(list, List.of(), !list.isEmpty(), 0));
    }

    @Test
    void flows_to_endpoints_that_are_gone_are_deleted() {
        assertThat(StaleFlows.deletions(List.of(port("udp", 30053, "10.0.0.1", "10.0.0.2")), List.of(port("udp", 30053, "10.0.0.2")))).containsExactly(
                List.of("--orig-dst", "10.96.0.7", "--orig-port-dst", "53", "--dst-nat", "10.0.0.1"),
                List.of("--orig-port-dst", "30053", "--dst-nat", "10.0.0.1"));
        assertThat(StaleFlows.deletions(List.of(port("udp", 0, "10.0.0.1")), List.of())).hasSize(1);
    }

    @Test
    void flows_from_before_the_first_endpoint_are_deleted() {
        assertThat(StaleFlows.deletions(List.of(port("udp", 0)), List.of(port("udp", 0, "10.0.0.1"))))
                .containsExactly(List.of("--orig-dst", "10.96.0.7", "--orig-port-dst", "53"));
    }

    @Test
    void tcp_and_unchanged_endpoints_are_left_alone() {
        assertThat(StaleFlows.deletions(List.of(port("tcp", 0, "10.0.0.1")), List.of(port("tcp", 0)))).isEmpty();
        assertThat(StaleFlows.deletions(List.of(port("udp", 0, "10.0.0.1")), List.of(port("udp", 0, "10.0.0.1", "10.0.0.2")))).isEmpty();
    }
}
