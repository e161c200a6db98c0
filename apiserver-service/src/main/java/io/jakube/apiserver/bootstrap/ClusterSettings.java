package io.jakube.apiserver.bootstrap;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the first objects say of this cluster.
 *
 * @param serviceAddress first usable address of the service range: the address of the service {@code kubernetes}
 * @param advertiseAddress IP address at which pods and nodes reach this API server
 * @param port its port
 * @param authorityPem certificate of the cluster's authority
 */
public record ClusterSettings(String serviceAddress, String advertiseAddress, int port, String authorityPem) {
    public ClusterSettings {
        requireNonNull(serviceAddress, "serviceAddress is null");
        requireNonNull(advertiseAddress, "advertiseAddress is null");
        requireNonNull(authorityPem, "authorityPem is null");
    }

    /** @throws UncheckedIOException if {@code ca.crt} cannot be read */
    public static ClusterSettings read(String serviceCidr, String advertiseAddress, int port, Path pkiDirectory) {
        try {
            return new ClusterSettings(firstAddress(serviceCidr), advertiseAddress, port, Files.readString(pkiDirectory.resolve("ca.crt"), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the authority's certificate in " + pkiDirectory, e);
        }
    }

    /** The first usable address of a range such as {@code 10.96.0.0/16}. */
    public static String firstAddress(String cidr) {
        int slash = cidr.indexOf('/');
        byte[] bytes = InetAddress.ofLiteral(slash < 0 ? cidr : cidr.substring(0, slash)).getAddress();
        int prefix = slash < 0 ? bytes.length * 8 : Integer.parseInt(cidr.substring(slash + 1));
        BigInteger mask = BigInteger.ONE.shiftLeft(bytes.length * 8 - prefix).subtract(BigInteger.ONE);
        byte[] first = new BigInteger(1, bytes).andNot(mask).add(BigInteger.ONE).toByteArray();
        byte[] address = new byte[bytes.length];
        int length = Math.min(first.length, address.length);
        System.arraycopy(first, first.length - length, address, address.length - length, length);
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address range: " + cidr, e);
        }
    }
}
