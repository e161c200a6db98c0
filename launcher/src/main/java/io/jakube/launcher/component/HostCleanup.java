package io.jakube.launcher.component;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.HostNetworkCleanup;
import io.jakube.launcher.LaunchException;
import io.jakube.launcher.layout.JakubeHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Takes a node's traces off the host: containers, mounts, network and files. */
public final class HostCleanup {
    private final JakubeHome home;
    private final Containerd containerd;

    public HostCleanup(JakubeHome home, Containerd containerd) {
        this.home = requireNonNull(home, "home is null");
        this.containerd = requireNonNull(containerd, "containerd is null");
    }

    /** Stops and removes all containers (containerd must run for that), unmounts what lies below the state directory. */
    public void run() {
        if (containerd.answers()) {
            for (String id : lines("ctr", "-a", containerd.socket().toString(), "-n", "k8s.io", "tasks", "list", "-q")) {
                lines("ctr", "-a", containerd.socket().toString(), "-n", "k8s.io", "tasks", "delete", "--force", id);
            }
            for (String id : lines("ctr", "-a", containerd.socket().toString(), "-n", "k8s.io", "containers", "list", "-q")) {
                lines("ctr", "-a", containerd.socket().toString(), "-n", "k8s.io", "containers", "delete", id);
            }
        }
        unmountBelow(home.root());
        new HostNetworkCleanup().run(home.node(), Cluster.DNS_ADDRESS).forEach(problem -> System.err.println("Not removed: " + problem));
    }

    private static void unmountBelow(Path root) {
        List<String> mounts = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
                String point = line.split(" ")[4].replace("\\040", " ");
                if (Path.of(point).startsWith(root)) {
                    mounts.add(point);
                }
            }
        } catch (IOException e) {
            throw new LaunchException("The host's mounts cannot be read (" + e.getMessage() + ").", e);
        }
        mounts.sort(Comparator.comparingInt(String::length).reversed());
        mounts.forEach(point -> lines("umount", "-l", point));
    }

    private static List<String> lines(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? output.lines().filter(line -> !line.isBlank()).toList() : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Deletes a directory and everything in it, without following links. */
    public static void removeTree(Path root) {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new LaunchException(root + " cannot be removed completely (" + e.getMessage() + ").", e);
        }
    }
}
