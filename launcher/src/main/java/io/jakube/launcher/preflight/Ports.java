package io.jakube.launcher.preflight;

import io.jakube.launcher.LaunchException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;

/** Checks that the ports a cluster listens on are free before anything is started. */
public final class Ports {
    private Ports() {}

    /**
     * @param ports port number to what it is for
     * @throws LaunchException naming the first busy port
     */
    public static void requireFree(Map<Integer, String> ports) {
        ports.forEach((port, purpose) -> {
            if (!isFree(port)) {
                throw new LaunchException("Port " + port + " (" + purpose + ") is in use by another program: stop that program, or choose another port with --help's options.");
            }
        });
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress((InetAddress) null, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A port that is free now, on loopback. */
    public static int anyFree() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LaunchException("No free port could be found (" + e.getMessage() + ").", e);
        }
    }
}
