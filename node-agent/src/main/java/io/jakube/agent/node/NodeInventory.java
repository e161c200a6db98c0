package io.jakube.agent.node;

import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.fabric8.kubernetes.api.model.NodeSystemInfoBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.jakube.agent.system.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What a node offers.
 *
 * @param capacity by resource name
 * @param allocatable what pods may request of it
 * @param info the machine and its software; a simulated node says so
 */
public record NodeInventory(Map<String, Quantity> capacity, Map<String, Quantity> allocatable, NodeSystemInfo info) {
    /** The Kubernetes release whose behaviour the agent has. */
    public static final String VERSION = "v1.36.0+jakube";

    private static final int MAX_PODS = 110;
    private static final long RESERVED_MEMORY = 100L << 20;

    /** @param runtimeVersion such as {@code containerd://1.6.20} */
    public static NodeInventory ofMachine(Path root, String runtimeVersion) {
        long memory = Host.memoryBytes();
        long disk = diskBytes(root);
        Map<String, Quantity> capacity = resources(Runtime.getRuntime().availableProcessors(), memory, disk, MAX_PODS);
        Map<String, Quantity> allocatable = resources(Runtime.getRuntime().availableProcessors(), memory - RESERVED_MEMORY, disk / 10 * 9, MAX_PODS);
        allocatable.put("ephemeral-storage", new Quantity(Long.toString(disk / 10 * 9)));
        return new NodeInventory(capacity, allocatable, info(runtimeVersion));
    }

    /** A large node of which nothing is real. */
    public static NodeInventory simulated(String nodeName) {
        Map<String, Quantity> resources = resources(32, 256L << 30, 1L << 40, MAX_PODS);
        NodeSystemInfo info = new NodeSystemInfoBuilder(info("simulated://1.0"))
                .withMachineID(UUID.nameUUIDFromBytes(nodeName.getBytes(java.nio.charset.StandardCharsets.UTF_8)).toString().replace("-", ""))
                .withSystemUUID(UUID.nameUUIDFromBytes(nodeName.getBytes(java.nio.charset.StandardCharsets.UTF_8)).toString())
                .build();
        return new NodeInventory(resources, resources, info);
    }

    private static Map<String, Quantity> resources(int processors, long memory, long disk, int pods) {
        Map<String, Quantity> resources = new LinkedHashMap<>();
        resources.put("cpu", new Quantity(Integer.toString(processors)));
        resources.put("ephemeral-storage", new Quantity(disk / 1024 + "Ki"));
        resources.put("hugepages-1Gi", new Quantity("0"));
        resources.put("hugepages-2Mi", new Quantity("0"));
        resources.put("memory", new Quantity(memory / 1024 + "Ki"));
        resources.put("pods", new Quantity(Integer.toString(pods)));
        return resources;
    }

    private static NodeSystemInfo info(String runtimeVersion) {
        return new NodeSystemInfoBuilder()
                .withMachineID(Host.read("/etc/machine-id"))
                .withSystemUUID(Host.read("/sys/class/dmi/id/product_uuid"))
                .withBootID(Host.read("/proc/sys/kernel/random/boot_id"))
                .withKernelVersion(Host.read("/proc/sys/kernel/osrelease"))
                .withOsImage(osImage())
                .withContainerRuntimeVersion(runtimeVersion)
                .withKubeletVersion(VERSION)
                .withKubeProxyVersion("")
                .withOperatingSystem("linux")
                .withArchitecture(architecture())
                .build();
    }

    /** In Go's terms, as labels and image platforms have it. */
    static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case String other -> other;
        };
    }

    private static String osImage() {
        return Host.read("/etc/os-release").lines()
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
                .findFirst()
                .orElse("Linux");
    }

    private static long diskBytes(Path root) {
        try {
            return Files.getFileStore(root).getTotalSpace();
        } catch (IOException e) {
            return 0;
        }
    }
}
