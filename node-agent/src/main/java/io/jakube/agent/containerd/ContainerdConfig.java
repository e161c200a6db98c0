package io.jakube.agent.containerd;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.system.Host;
import io.jakube.agent.system.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The configuration of a containerd that belongs to this agent alone: own socket, state and image store below {@code directory}.
 *
 * @param directory usually {@code $root/containerd}; holds {@code config.toml}, {@code containerd.sock}, {@code data/} and {@code run/}
 * @param cniConfigDirectory where the agent writes the pod network's configuration
 * @param cniPluginDirectory where the CNI plugin binaries are
 * @param sandboxImage an image that is on the node already, so that no registry is needed
 * @param restrictOomScore true where the machine does not let containers get an out-of-memory score below containerd's own
 * @param systemdCgroups true to create cgroups through systemd
 * @param snapshotter {@code overlayfs} or {@code native}
 */
public record ContainerdConfig(
        Path directory,
        Path cniConfigDirectory,
        Path cniPluginDirectory,
        String sandboxImage,
        boolean restrictOomScore,
        boolean systemdCgroups,
        String snapshotter) {
    /** The sandbox image that the agent builds and imports itself. */
    public static final String PAUSE_IMAGE = "jakube.io/pause:1";

    public ContainerdConfig {
        requireNonNull(directory, "directory is null");
        requireNonNull(cniConfigDirectory, "cniConfigDirectory is null");
        requireNonNull(cniPluginDirectory, "cniPluginDirectory is null");
        requireNonNull(sandboxImage, "sandboxImage is null");
        requireNonNull(snapshotter, "snapshotter is null");
    }

    /** What fits this machine. Creates {@code directory} to try the overlay file system there. */
    public static ContainerdConfig detect(Path directory, Path cniConfigDirectory) throws IOException {
        Files.createDirectories(directory);
        return new ContainerdConfig(
                directory,
                cniConfigDirectory,
                pluginDirectory(),
                PAUSE_IMAGE,
                !Host.canLowerOomScore(),
                Host.systemdIsInit(),
                overlayWorks(directory) ? "overlayfs" : "native");
    }

    public Path socket() {
        return directory.resolve("containerd.sock");
    }

    public Path file() {
        return directory.resolve("config.toml");
    }

    /** Writes {@link #file}; returns true if its content changed, so that a running containerd needs a restart to follow. */
    public boolean write() throws IOException {
        Files.createDirectories(directory);
        String text = toToml();
        if (Files.exists(file()) && Files.readString(file()).equals(text)) {
            return false;
        }
        Files.writeString(file(), text);
        return true;
    }

    /** containerd's configuration format version 2, understood from 1.3 on. */
    public String toToml() {
        return """
                version = 2
                root = %s
                state = %s
                disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", \
                "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]

                [grpc]
                  address = %s

                [debug]
                  level = "warn"

                [plugins."io.containerd.internal.v1.opt"]
                  path = %s

                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = %s
                  restrict_oom_score_adj = %s
                  stream_server_address = "127.0.0.1"
                  stream_server_port = "0"
                  tolerate_missing_hugetlb_controller = true
                  disable_apparmor = %s

                  [plugins."io.containerd.grpc.v1.cri".containerd]
                    snapshotter = %s
                    default_runtime_name = "runc"

                    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                      runtime_type = "io.containerd.runc.v2"

                      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                        SystemdCgroup = %s

                  [plugins."io.containerd.grpc.v1.cri".cni]
                    bin_dir = %s
                    conf_dir = %s

                  [plugins."io.containerd.grpc.v1.cri".registry]
                    config_path = %s
                """
                .formatted(
                        quote(directory.resolve("data")),
                        quote(directory.resolve("run")),
                        quote(socket()),
                        quote(directory.resolve("opt")),
                        quote(sandboxImage),
                        restrictOomScore,
                        !Host.apparmorEnabled(),
                        quote(snapshotter),
                        systemdCgroups,
                        quote(cniPluginDirectory),
                        quote(cniConfigDirectory),
                        quote(directory.resolve("certs.d")));
    }

    private static Path pluginDirectory() {
        return List.of(Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni"), Path.of("/usr/libexec/cni")).stream()
                .filter(path -> Files.isExecutable(path.resolve("bridge")))
                .findFirst()
                .orElse(Path.of("/opt/cni/bin"));
    }

    private static boolean overlayWorks(Path directory) throws IOException {
        Path trial = Files.createTempDirectory(directory, "overlay-trial");
        Path merged = trial.resolve("merged");
        try {
            Path lower = Files.createDirectory(trial.resolve("lower"));
            Path upper = Files.createDirectory(trial.resolve("upper"));
            Path work = Files.createDirectory(trial.resolve("work"));
            Files.createDirectory(merged);
            Mounts.overlay(merged, lower, upper, work);
            Mounts.unmount(merged);
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            try (var files = Files.walk(trial)) {
                for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static String quote(Object text) {
        return '"' + text.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
