package io.jakube.launcher.preflight;

import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;

/** The address other hosts and pods reach this host by. */
public final class HostAddress {
    private HostAddress() {}

    /** The source address of the default route, else the first IPv4 address of an interface that is up and not loopback, point-to-point or a container bridge. */
    public static Optional<String> primary() {
        try (DatagramSocket socket = new DatagramSocket()) {
            // Connecting a datagram socket asks the kernel for a route and sends nothing.
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {1, 1, 1, 1}), 53));
            InetAddress local = socket.getLocalAddress();
            if (local instanceof Inet4Address && !local.isAnyLocalAddress() && !local.isLoopbackAddress()) {
                return Optional.of(local.getHostAddress());
            }
        } catch (SocketException | UnknownHostException | java.io.UncheckedIOException e) {
            // No default route: look at the interfaces.
        }
        try {
            return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                    .filter(HostAddress::usable)
                    .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(Inet4Address.class::isInstance)
                    .map(InetAddress::getHostAddress)
                    .findFirst();
        } catch (SocketException e) {
            return Optional.empty();
        }
    }

    private static boolean usable(NetworkInterface network) {
        try {
            String name = network.getName();
            return network.isUp() && !network.isLoopback() && !name.startsWith("cni") && !name.startsWith("docker") && !name.startsWith("veth") && !name.startsWith("br-");
        } catch (SocketException e) {
            return false;
        }
    }
}
