package io.jakube.agent.dns;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.List;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;

/**
 * The cluster's domain and the records that do not depend on services.
 *
 * @param origin such as {@code cluster.local.}
 * @param server address of cluster DNS itself
 */
record Zone(Name origin, InetAddress server) {
    /** Seconds for which clients may remember an answer, and that a name does not exist. */
    static final long TTL = 5;

    Zone {
        requireNonNull(origin, "origin is null");
        requireNonNull(server, "server is null");
    }

    /** @param domain such as {@code cluster.local} */
    static Zone of(String domain, InetAddress server) {
        return new Zone(name(domain.endsWith(".") ? domain : domain + "."), server);
    }

    boolean contains(Name name) {
        return name.subdomain(origin);
    }

    Name child(String relative) {
        return name(relative + "." + origin);
    }

    /** Goes along with "no such name" and "no such data", so that resolvers remember them for {@link #TTL}. */
    SOARecord soa() {
        return new SOARecord(origin, DClass.IN, TTL, nameServer(), child("hostmaster"), 1, 7200, 1800, 86400, TTL);
    }

    private Name nameServer() {
        return child("ns.dns");
    }

    List<Record> fixedRecords() {
        return List.of(
                soa(),
                new NSRecord(origin, DClass.IN, TTL, nameServer()),
                new ARecord(nameServer(), DClass.IN, TTL, server),
                new TXTRecord(child("dns-version"), DClass.IN, TTL, "1.1.0"));
    }

    static Name name(String absolute) {
        try {
            return Name.fromString(absolute);
        } catch (TextParseException e) {
            throw new IllegalArgumentException("not a domain name: " + absolute, e);
        }
    }
}
