package io.jakube.agent.proxy;

import static io.jakube.agent.proxy.Objects.endpoint;
import static io.jakube.agent.proxy.Objects.ready;
import static io.jakube.agent.proxy.Objects.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointSelectionTest {
    private static final EndpointSelection.Place HERE = new EndpointSelection.Place("a", "z1");

    private static EndpointSelection select(Endpoint... endpoints) {
        return EndpointSelection.select(List.of(slice("web", endpoints)), "http", "TCP", HERE);
    }

    @Test
    void ready_endpoints_are_used_in_order_of_their_addresses() {
        EndpointSelection selection = select(ready("10.0.0.2", "b"), ready("10.0.0.1", "a"), endpoint("10.0.0.3", "a", false, false, false));
        assertThat(selection.cluster()).extracting(Object::toString).containsExactly("10.0.0.1:8080", "10.0.0.2:8080");
        assertThat(selection.local()).extracting(Object::toString).containsExactly("10.0.0.1:8080");
        assertThat(selection.any()).isTrue();
        assertThat(selection.localReady()).isEqualTo(1);
    }

    @Test
    void those_that_terminate_but_serve_are_the_last_resort_per_policy() {
        EndpointSelection selection = select(ready("10.0.0.2", "b"), endpoint("10.0.0.1", "a", false, true, true), endpoint("10.0.0.3", "a", false, false, true));
        assertThat(selection.cluster()).extracting(Object::toString).containsExactly("10.0.0.2:8080");
        assertThat(selection.local()).extracting(Object::toString).containsExactly("10.0.0.1:8080");
        assertThat(selection.localReady()).isZero();
        assertThat(select(endpoint("10.0.0.1", "a", false, false, false)).any()).isFalse();
    }

    @Test
    void unknown_conditions_count_as_ready() {
        assertThat(select(new EndpointBuilder().withAddresses("10.0.0.1").build()).cluster()).hasSize(1);
    }

    @Test
    void other_ports_and_address_families_are_left_out() {
        var slice = slice("web", ready("10.0.0.1", "a"));
        assertThat(EndpointSelection.select(List.of(slice), "https", "TCP", HERE)).isEqualTo(EndpointSelection.NONE);
        assertThat(EndpointSelection.select(List.of(slice), "http", "udp", HERE)).isEqualTo(EndpointSelection.NONE);
        assertThat(EndpointSelection.select(List.of(new EndpointSliceBuilder(slice).withAddressType("IPv6").build()), "http", "tcp", HERE)).isEqualTo(EndpointSelection.NONE);
    }

    @Test
    void an_address_in_two_slices_counts_once_as_ready() {
        assertThat(EndpointSelection.select(List.of(slice("web", endpoint("10.0.0.1", "a", false, true, true)), slice("web", ready("10.0.0.1", "a"))), "http", "TCP", HERE).cluster())
                .hasSize(1);
    }

    @Test
    void zone_hints_narrow_the_choice_when_all_have_them() {
        Endpoint near = new EndpointBuilder(ready("10.0.0.1", "b")).withNewHints().addNewForZone("z1").endHints().build();
        Endpoint far = new EndpointBuilder(ready("10.0.0.2", "c")).withNewHints().addNewForZone("z2").endHints().build();
        assertThat(select(near, far).cluster()).extracting(Object::toString).containsExactly("10.0.0.1:8080");
        assertThat(select(near, far, ready("10.0.0.3", "d")).cluster()).hasSize(3);
        assertThat(select(far).cluster()).hasSize(1);
    }
}
