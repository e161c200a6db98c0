package io.jakube.agent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv4CidrTest {
    @Test
    void host_bits_are_dropped_and_addresses_found() {
        Ipv4Cidr cidr = Ipv4Cidr.parse("10.244.3.7/24");
        assertThat(cidr).hasToString("10.244.3.0/24");
        assertThat(cidr.host(1)).isEqualTo("10.244.3.1");
        assertThat(cidr.contains("10.244.3.255")).isTrue();
        assertThat(cidr.contains("10.244.4.0")).isFalse();
        assertThat(Ipv4Cidr.parse("0.0.0.0/0").contains("255.1.2.3")).isTrue();
        assertThat(Ipv4Cidr.parse("192.0.2.1")).hasToString("192.0.2.1/32");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0/8", "10.0.0.256/8", "10.0.0.0/33", "10.0.0.0/x", "::1/128", "10..0.1/8", "1.2.3.4.5"})
    void other_text_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Ipv4Cidr.parse(text));
    }
}
