package io.jakube.launcher.layout;

import static java.util.Objects.requireNonNull;

import io.jakube.launcher.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The state directory of one cluster on this host.
 *
 * @param root {@code $JAKUBE_HOME}, by default {@code ~/.jakube}
 */
public record JakubeHome(Path root) {
    public JakubeHome {
        requireNonNull(root, "root is null");
        root = root.toAbsolutePath().normalize();
    }

    public static JakubeHome fromEnvironment() {
        String home = System.getenv("JAKUBE_HOME");
        return new JakubeHome(home == null || home.isBlank() ? Path.of(System.getProperty("user.home"), ".jakube") : Path.of(home));
    }

    /** Creates the directory, readable by its owner only (others may pass through to reach the database's directory, which belongs to another user). */
    public void create() {
        try {
            Files.createDirectories(root);
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
            Files.createDirectories(logs());
            Files.createDirectories(run());
            Files.createDirectories(config());
            for (Path directory : new Path[] {logs(), run(), config()}) {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            throw new LaunchException("The state directory " + root + " cannot be created (" + e.getMessage() + "): set JAKUBE_HOME to a directory you may write.", e);
        }
    }

    public boolean exists() {
        return Files.isDirectory(root);
    }

    public Path adminKubeconfig() {
        return root.resolve("kubeconfig");
    }

    public Path kubeconfig(String component) {
        return root.resolve("kubeconfigs").resolve(component);
    }

    public Path pki() {
        return root.resolve("pki");
    }

    public Path database() {
        return root.resolve("db");
    }

    /** Liberty's user directory ({@code WLP_USER_DIR}). */
    public Path servers() {
        return root.resolve("servers");
    }

    public Path node() {
        return root.resolve("node");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    public Path run() {
        return root.resolve("run");
    }

    public Path config() {
        return root.resolve("config");
    }

    public Path containerdSocket() {
        return node().resolve("containerd/containerd.sock");
    }
}
