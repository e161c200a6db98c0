package io.jakube.agent.dns;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Type;

/**
 * Answers questions about the cluster's zone and the reverse names of its addresses from a table. Thread-safe; never waits.
 *
 * <p>A name that does not exist is NXDOMAIN, one that exists without data of the type is an empty NOERROR, both with the zone's SOA.
 */
final class ClusterResolver {
    private static final int LONGEST_CHAIN = 8;
    private static final Name IN_ADDR_ARPA = Zone.name("in-addr.arpa.");
    private static final Name IP6_ARPA = Zone.name("ip6.arpa.");

    private final Zone zone;
    private final Name pods;
    private final RecordTable table;
    private final List<Record> soa;

    ClusterResolver(Zone zone, RecordTable table) {
        this.zone = requireNonNull(zone, "zone is null");
        this.table = requireNonNull(table, "table is null");
        this.pods = zone.child("pod");
        this.soa = List.of(zone.soa());
    }

    /**
     * Answers a question of class IN.
     *
     * @return empty if it is not about the cluster; an answer that ends in a CNAME leading out of the zone has no record of its target
     */
    Optional<Answer> resolve(Name name, int type) {
        if (!zone.contains(name)) {
            return name.subdomain(IN_ADDR_ARPA) || name.subdomain(IP6_ARPA) ? reverse(name, type) : Optional.empty();
        }
        List<Record> answers = new ArrayList<>();
        Name current = name;
        for (int i = 0; i < LONGEST_CHAIN; i++) {
            Optional<List<Record>> found = table.find(current).or(podRecord(current));
            if (found.isEmpty()) {
                return Optional.of(new Answer(answers.isEmpty() ? Rcode.NXDOMAIN : Rcode.NOERROR, answers, soa, List.of(), true));
            }
            List<Record> matching = ofType(found.get(), type);
            if (!matching.isEmpty()) {
                answers.addAll(rotated(matching));
                return Optional.of(new Answer(Rcode.NOERROR, answers, List.of(), additional(matching), true));
            }
            Optional<Record> alias = found.get().stream().filter(CNAMERecord.class::isInstance).findFirst();
            if (alias.isEmpty()) {
                return Optional.of(new Answer(Rcode.NOERROR, answers, soa, List.of(), true));
            }
            answers.add(alias.get());
            current = ((CNAMERecord) alias.get()).getTarget();
            if (!zone.contains(current)) {
                return Optional.of(new Answer(Rcode.NOERROR, answers, List.of(), List.of(), true));
            }
        }
        return Optional.of(Answer.failure(Rcode.SERVFAIL));
    }

    /** Addresses that are not the cluster's are left to the upstream servers. */
    private Optional<Answer> reverse(Name name, int type) {
        return table.find(name).map(records -> {
            List<Record> matching = ofType(records, type);
            return new Answer(Rcode.NOERROR, matching, matching.isEmpty() ? soa : List.of(), List.of(), true);
        });
    }

    /** {@code a-b-c-d.namespace.pod.zone} is the address in its name, whether or not there is such a pod. */
    private Supplier<Optional<List<Record>>> podRecord(Name name) {
        return () -> {
            int depth = name.labels() - pods.labels();
            if (depth < 0 || depth > 2 || !name.subdomain(pods)) {
                return Optional.empty();
            }
            if (depth < 2) {
                return Optional.of(List.of());
            }
            String label = name.getLabelString(0);
            try {
                boolean ipv4 = label.chars().filter(c -> c == '-').count() == 3 && label.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9');
                InetAddress address = InetAddress.ofLiteral(label.replace('-', ipv4 ? '.' : ':'));
                return Optional.of(List.of(ipv4 ? new ARecord(name, DClass.IN, Zone.TTL, address) : new AAAARecord(name, DClass.IN, Zone.TTL, address)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        };
    }

    private static List<Record> ofType(List<Record> records, int type) {
        if (type == Type.ANY) {
            return records;
        }
        List<Record> matching = new ArrayList<>(records.size());
        for (Record record : records) {
            if (record.getType() == type) {
                matching.add(record);
            }
        }
        return matching;
    }

    /** Clients mostly take the first address, so each answer begins with another one. */
    private static List<Record> rotated(List<Record> records) {
        if (records.size() < 2) {
            return records;
        }
        List<Record> copy = new ArrayList<>(records);
        Collections.rotate(copy, ThreadLocalRandom.current().nextInt(copy.size()));
        return copy;
    }

    private List<Record> additional(List<Record> answers) {
        Set<Record> addresses = new LinkedHashSet<>();
        for (Record record : answers) {
            if (record instanceof SRVRecord service) {
                table.find(service.getTarget()).ifPresent(records -> records.forEach(address -> {
                    if (address.getType() == Type.A || address.getType() == Type.AAAA) {
                        addresses.add(address);
                    }
                }));
            }
        }
        return List.copyOf(addresses);
    }
}
