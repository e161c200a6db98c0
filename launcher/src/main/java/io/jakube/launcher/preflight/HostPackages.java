package io.jakube.launcher.preflight;

import io.jakube.launcher.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The programs a worker needs from the host's distribution, and their installation through {@code apt-get}. */
public final class HostPackages {
    /** Program (or file) to look for, and the Debian package that brings it. */
    private static final Map<String, String> NEEDED = new LinkedHashMap<>();

    static {
        NEEDED.put("containerd", "containerd");
        NEEDED.put("runc", "runc");
        NEEDED.put("/usr/lib/cni/bridge|/opt/cni/bin/bridge", "containernetworking-plugins");
        NEEDED.put("iptables", "iptables");
        NEEDED.put("conntrack", "conntrack");
        NEEDED.put("ip", "iproute2");
        NEEDED.put("mount", "mount");
    }

    private HostPackages() {}

    /** Packages whose programs are missing, in a stable order. */
    public static Set<String> missing() {
        return missing(HostPackages::present);
    }

    static Set<String> missing(Predicate<String> present) {
        Set<String> packages = new LinkedHashSet<>();
        NEEDED.forEach((programs, name) -> {
            boolean found = false;
            for (String program : programs.split("\\|")) {
                found |= present.test(program);
            }
            if (!found) {
                packages.add(name);
            }
        });
        return packages;
    }

    private static boolean present(String program) {
        if (program.startsWith("/")) {
            return Files.isExecutable(Path.of(program));
        }
        for (String directory : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".split(":")) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Installs packages with apt-get, without starting their services.
     *
     * @param say told what is done
     * @throws LaunchException where apt-get is not there or fails
     */
    public static void install(Set<String> packages, Path log, Consumer<String> say) {
        String names = String.join(" ", packages);
        if (!Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
            throw new LaunchException("These programs are missing and this host has no apt-get to install them with: install " + names + " by the host's own means, or use --simulate 1.");
        }
        say.accept("Installing missing packages with apt-get: " + names);
        // The distribution's containerd service is not needed (Jakube runs its own instance), so package scripts must not start services.
        Path policy = Path.of("/usr/sbin/policy-rc.d");
        boolean placed = false;
        try {
            if (!Files.exists(policy)) {
                Files.writeString(policy, "#!/bin/sh\nexit 101\n");
                policy.toFile().setExecutable(true);
                placed = true;
            }
            List<String> install = new ArrayList<>(List.of("apt-get", "install", "-y", "--no-install-recommends"));
            install.addAll(packages);
            if (run(List.of("apt-get", "update"), log) != 0 || run(install, log) != 0) {
                throw new LaunchException("apt-get could not install " + names + " (see " + log + "): install them by hand, or use --simulate 1.");
            }
        } catch (IOException e) {
            throw new LaunchException("apt-get could not be run (" + e.getMessage() + "): install " + names + " by hand, or use --simulate 1.", e);
        } finally {
            if (placed) {
                policy.toFile().delete();
            }
        }
    }

    private static int run(List<String> command, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        try {
            return builder.start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
