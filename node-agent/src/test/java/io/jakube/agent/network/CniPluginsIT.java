package io.jakube.agent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.agent.network.CniConfiguration.Attachment;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The CNI plugins that a node has accept our configuration and connect a pod to its host, run as a container runtime runs them. */
class CniPluginsIT {
    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(Attachment.class)
    void a_pod_gets_an_address_and_a_way_out(Attachment attachment) throws IOException {
        Optional<Path> plugins = Stream.of("/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni").map(Path::of).filter(path -> Files.isExecutable(path.resolve("bridge"))).findFirst();
        assumeTrue(plugins.isPresent(), "the CNI plugins are not installed");
        try (NetworkNamespace host = NetworkNamespace.create(); NetworkNamespace pod = NetworkNamespace.create()) {
            CniConfiguration cni = new CniConfiguration(directory.resolve("net.d"), directory.resolve("networks"), "cni-test0");
            ObjectNode list = cni.render(Ipv4Cidr.parse("10.244.7.0/24"), 1400, attachment);
            ObjectNode main = (ObjectNode) list.path("plugins").path(0);
            main.set("cniVersion", list.path("cniVersion"));
            main.set("name", list.path("name"));

            List<String> command = List.of("env", "CNI_COMMAND=ADD", "CNI_CONTAINERID=test", "CNI_NETNS=/run/netns/" + pod.name(), "CNI_IFNAME=eth0", "CNI_PATH=" + plugins.get(),
                    plugins.get().resolve(main.path("type").asText()).toString());
            JsonNode result = Json.readObject(host.commands().run(command, main.toString()).requireSuccess(command).getBytes(StandardCharsets.UTF_8));

            assertThat(result.at("/ips/0/address").asText()).startsWith("10.244.7.");
            assertThat(pod.commands().require("ip", "route", "show", "default")).contains("default via 10.244.7.1 dev eth0");
            assertThat(pod.commands().require("ip", "link", "show", "dev", "eth0")).contains("mtu 1400");
            String address = result.at("/ips/0/address").asText().split("/")[0];
            assertThat(host.commands().require("ip", "route", "get", address)).contains("dev");
        }
    }
}
