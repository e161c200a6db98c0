package io.jakube.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServerHostsTest {
    @Test
    void eachHostGetsAUrlWithTheSameDatabaseAndParameters() {
        assertThat(ServerHosts.split("jdbc:postgresql://a:1,b:2/db?sslmode=require")).isEqualTo(List.of("jdbc:postgresql://a:1/db?sslmode=require", "jdbc:postgresql://b:2/db?sslmode=require"));
        assertThat(ServerHosts.split("jdbc:postgresql://[::1]:1/db")).containsExactly("jdbc:postgresql://[::1]:1/db");
        assertThat(ServerHosts.split("jdbc:postgresql:db")).containsExactly("jdbc:postgresql:db");
    }

    @Test
    void theHostThatServedLastIsFirstAndOneThatFailedIsNot() {
        ServerHosts hosts = new ServerHosts("jdbc:postgresql://a,b,c/db");
        assertThat(hosts.first()).isZero();
        hosts.failed(0);
        hosts.served(1);
        assertThat(hosts.first()).isEqualTo(1);
        hosts.failed(2);
        assertThat(hosts.first()).isEqualTo(1);
        hosts.failed(1);
        assertThat(hosts.first()).isEqualTo(2);
        assertThat(hosts.url(4)).isEqualTo("jdbc:postgresql://b/db");
    }
}
