package io.jakube.launcher.command;

import io.jakube.launcher.preflight.HostAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a command needs to know of this host. */
final class Hosts {
    private Hosts() {}

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    static boolean isLinux() {
        return System.getProperty("os.name").startsWith("Linux");
    }

    /** A node name from the host's name, as the kubelet makes it. */
    static String nodeName() {
        try {
            return InetAddress.getLocalHost().getHostName().trim().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            try {
                return Files.readString(Path.of("/proc/sys/kernel/hostname")).trim().toLowerCase(Locale.ROOT);
            } catch (IOException io) {
                return "localhost";
            }
        }
    }

    static String address() {
        return HostAddress.primary().orElse("127.0.0.1");
    }
}
