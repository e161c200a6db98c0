package io.jakube.common.pki;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * Names and addresses a serving certificate is valid for.
 *
 * @param dnsNames host names, lower case
 * @param addresses IP addresses in text form
 */
public record SubjectAltNames(Set<String> dnsNames, Set<String> addresses) {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final List<String> CONTAINER_INTERFACES = List.of("veth", "cni", "docker", "br-", "flannel", "cali", "virbr");

    public SubjectAltNames {
        dnsNames = Set.copyOf(dnsNames.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
        addresses = Set.copyOf(addresses.stream().map(SubjectAltNames::canonical).toList());
    }

    /** Sorts names from addresses. */
    public static SubjectAltNames of(Collection<String> namesAndAddresses) {
        Set<String> names = new TreeSet<>();
        Set<String> addresses = new TreeSet<>();
        namesAndAddresses.forEach(entry -> (isAddress(entry) ? addresses : names).add(entry));
        return new SubjectAltNames(names, addresses);
    }

    /**
     * What clients inside and outside the cluster call the API server.
     *
     * @param serviceAddress first address of the service range, where pods find it
     * @param domain cluster DNS domain, for example {@code cluster.local}
     */
    public static SubjectAltNames apiServer(String serviceAddress, String domain) {
        return of(List.of("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + domain, "localhost", "127.0.0.1", "::1", serviceAddress));
    }

    /** This machine's names and addresses, those of container networks excepted. */
    public static SubjectAltNames ofHost() {
        List<String> found = new ArrayList<>(List.of("localhost", "127.0.0.1"));
        try {
            found.add(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            // A host whose name does not resolve is still reachable by its addresses.
        }
        try {
            NetworkInterface.networkInterfaces()
                    .filter(device -> CONTAINER_INTERFACES.stream().noneMatch(device.getName()::startsWith))
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress())
                    .forEach(address -> found.add(withoutZone(address.getHostAddress())));
        } catch (SocketException e) {
            throw new IllegalStateException("cannot list the network interfaces: " + e.getMessage(), e);
        }
        return of(found);
    }

    public SubjectAltNames plus(SubjectAltNames other) {
        return of(Stream.of(dnsNames, addresses, other.dnsNames, other.addresses).flatMap(Set::stream).toList());
    }

    boolean coveredBy(X509Certificate certificate) {
        try {
            Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
            if (entries == null) {
                return dnsNames.isEmpty() && addresses.isEmpty();
            }
            Set<String> names = new TreeSet<>();
            Set<String> ips = new TreeSet<>();
            for (List<?> entry : entries) {
                switch ((Integer) entry.get(0)) {
                    case DNS_NAME -> names.add((String) entry.get(1));
                    case IP_ADDRESS -> ips.add(canonical((String) entry.get(1)));
                    default -> { }
                }
            }
            return names.containsAll(dnsNames) && ips.containsAll(addresses);
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    GeneralNames toGeneralNames() {
        return new GeneralNames(Stream.concat(
                        new TreeSet<>(dnsNames).stream().map(name -> new GeneralName(GeneralName.dNSName, name)),
                        new TreeSet<>(addresses).stream().map(address -> new GeneralName(GeneralName.iPAddress, address)))
                .toArray(GeneralName[]::new));
    }

    private static boolean isAddress(String text) {
        return text.indexOf(':') >= 0 || text.matches("\\d+(\\.\\d+){3}");
    }

    private static String canonical(String address) {
        return withoutZone(InetAddress.ofLiteral(address).getHostAddress());
    }

    private static String withoutZone(String address) {
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }
}
