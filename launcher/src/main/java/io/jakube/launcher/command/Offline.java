package io.jakube.launcher.command;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Whether image registries are out of reach. */
final class Offline {
    private static final int PATIENCE_MILLIS = 700;

    private Offline() {}

    /** Tries to connect to the default registry, once and briefly. */
    static boolean now() {
        try (Socket socket = new Socket()) {
            InetSocketAddress registry = new InetSocketAddress("registry-1.docker.io", 443);
            if (registry.isUnresolved()) {
                return true;
            }
            socket.connect(registry, PATIENCE_MILLIS);
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
