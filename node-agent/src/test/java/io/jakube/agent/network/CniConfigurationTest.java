package io.jakube.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.agent.network.CniConfiguration.Attachment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CniConfigurationTest {
    @TempDir Path directory;

    @Test
    void a_bridge_with_addresses_of_the_node() {
        CniConfiguration cni = new CniConfiguration(Path.of("/etc/x"), Path.of("/data"), "cni-jakube0");
        assertThat(cni.render(Ipv4Cidr.parse("10.244.1.0/24"), 1400, Attachment.BRIDGE).toPrettyString()).isEqualToIgnoringWhitespace("""
                {"cniVersion": "1.0.0", "name": "jakube", "plugins": [
                  {"type": "bridge", "bridge": "cni-jakube0", "isGateway": true, "hairpinMode": true, "ipMasq": false, "mtu": 1400,
                   "ipam": {"type": "host-local", "dataDir": "/data", "ranges": [[{"subnet": "10.244.1.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
                  {"type": "portmap", "snat": true, "capabilities": {"portMappings": true}}]}""");
        assertThat(cni.render(Ipv4Cidr.parse("10.244.1.0/24"), 1400, Attachment.POINT_TO_POINT).at("/plugins/0/type").asText()).isEqualTo("ptp");
    }

    @Test
    void the_file_is_only_touched_when_it_changes() throws IOException {
        CniConfiguration cni = new CniConfiguration(directory.resolve("net.d"), directory.resolve("networks"), "br0");
        Path file = directory.resolve("net.d/10-jakube.conflist");
        cni.write(Ipv4Cidr.parse("10.244.1.0/24"), 1500, Attachment.BRIDGE);
        FileTime old = FileTime.from(Instant.EPOCH);
        Files.setLastModifiedTime(file, old);
        cni.write(Ipv4Cidr.parse("10.244.1.0/24"), 1500, Attachment.BRIDGE);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);
        cni.write(Ipv4Cidr.parse("10.244.2.0/24"), 1500, Attachment.BRIDGE);
        assertThat(file).content().contains("10.244.2.0/24");
        cni.remove();
        assertThat(file).doesNotExist();
    }
}
