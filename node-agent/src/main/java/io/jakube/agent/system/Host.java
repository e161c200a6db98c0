package io.jakube.agent.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What the Linux machine under the agent can do, read from /proc and /sys. */
public final class Host {
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_SYS_RESOURCE = 24;

    private Host() {}

    /** May mount file systems and create namespaces. */
    public static boolean canMount() {
        return hasCapability(CAP_SYS_ADMIN);
    }

    /** May lower a process's out-of-memory score and raise resource limits. */
    public static boolean canLowerOomScore() {
        return hasCapability(CAP_SYS_RESOURCE);
    }

    public static boolean systemdIsInit() {
        return Files.isDirectory(Path.of("/run/systemd/system"));
    }

    public static boolean cgroupV2() {
        return Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
    }

    public static boolean apparmorEnabled() {
        return read("/sys/module/apparmor/parameters/enabled").startsWith("Y");
    }

    public static boolean supportsFilesystem(String type) {
        return read("/proc/filesystems").lines().anyMatch(line -> line.strip().endsWith(type)) || Set.of("tmpfs").contains(type);
    }

    /** Bytes of memory. */
    public static long memoryBytes() {
        return read("/proc/meminfo")
                .lines()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(Runtime.getRuntime().maxMemory());
    }

    /** Bytes of memory that programs could still get. */
    public static long memoryAvailableBytes() {
        return read("/proc/meminfo")
                .lines()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(Runtime.getRuntime().freeMemory());
    }

    /** The content of a small file, stripped; empty if it cannot be read. */
    public static String read(String path) {
        try {
            return Files.readString(Path.of(path)).strip();
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }

    private static boolean hasCapability(int number) {
        return read("/proc/self/status")
                .lines()
                .filter(line -> line.startsWith("CapEff:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) >>> number & 1) == 1);
    }
}
