package io.jakube.agent.network;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/**
 * The CNI network configuration list of a node: one bridge (or one routed link per pod), addresses by host-local from the node's pod CIDR, host ports by portmap.
 *
 * @param configDirectory where the container runtime looks for it
 * @param dataDirectory where host-local keeps which addresses are taken
 * @param bridge name of the node's bridge
 * @see <a href="https://github.com/containernetworking/cni/blob/main/SPEC.md">CNI specification 1.0</a>
 */
public record CniConfiguration(Path configDirectory, Path dataDirectory, String bridge) {
    /** Name of a node's bridge unless it has several agents. */
    public static final String DEFAULT_BRIDGE = "cni-jakube0";

    private static final String FILE = "10-jakube.conflist";

    /** How pods are attached to the host. */
    public enum Attachment {
        /** All pods on one bridge. Needs the kernel's bridge netfilter for services between pods of one node. */
        BRIDGE,
        /** A routed link per pod: for kernels without bridge netfilter, as every packet passes the host's IP layer. */
        POINT_TO_POINT
    }

    public CniConfiguration {
        requireNonNull(configDirectory, "configDirectory is null");
        requireNonNull(dataDirectory, "dataDirectory is null");
        requireNonNull(bridge, "bridge is null");
    }

    /** The configuration as JSON. */
    public ObjectNode render(Ipv4Cidr podCidr, int mtu, Attachment attachment) {
        ObjectNode list = Json.object().put("cniVersion", "1.0.0").put("name", "jakube");
        ArrayNode plugins = list.putArray("plugins");
        ObjectNode main = plugins.addObject();
        switch (attachment) {
            case BRIDGE -> main.put("type", "bridge").put("bridge", bridge).put("isGateway", true).put("hairpinMode", true);
            case POINT_TO_POINT -> main.put("type", "ptp");
        }
        main.put("ipMasq", false).put("mtu", mtu);
        ObjectNode ipam = main.putObject("ipam").put("type", "host-local").put("dataDir", dataDirectory.toString());
        ipam.putArray("ranges").addArray().addObject().put("subnet", podCidr.toString());
        ipam.putArray("routes").addObject().put("dst", "0.0.0.0/0");
        plugins.addObject().put("type", "portmap").put("snat", true).putObject("capabilities").put("portMappings", true);
        return list;
    }

    /** Writes the file if its content would change, at once and whole; the runtime notices by itself. */
    public void write(Ipv4Cidr podCidr, int mtu, Attachment attachment) throws IOException {
        byte[] content = Json.write(render(podCidr, mtu, attachment));
        Path file = configDirectory.resolve(FILE);
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return;
        }
        Files.createDirectories(configDirectory);
        Files.createDirectories(dataDirectory);
        Path temporary = Files.write(configDirectory.resolve("." + FILE + ".tmp"), content);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes the file; pods can't be created until it is written again. */
    public void remove() throws IOException {
        Files.deleteIfExists(configDirectory.resolve(FILE));
    }
}
