package io.jakube.agent.dns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name servers of the host's resolver configuration, read again when the file changes. Addresses of cluster DNS itself are left out, as forwarding to
 * oneself would never end. Thread-safe.
 */
final class UpstreamServers {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamServers.class);
    private static final int PORT = 53;

    private final Path file;
    private final Set<InetAddress> own;
    private volatile State state = new State(FileTime.fromMillis(-1), List.of());

    private record State(FileTime modified, List<InetSocketAddress> servers) {}

    /** @param file usually {@code /etc/resolv.conf} */
    UpstreamServers(Path file, Set<InetAddress> own) {
        this.file = requireNonNull(file, "file is null");
        this.own = Set.copyOf(own);
    }

    /** In the file's order; empty if there is none. */
    List<InetSocketAddress> current() {
        State known = state;
        try {
            FileTime modified = Files.getLastModifiedTime(file);
            if (!modified.equals(known.modified())) {
                known = new State(modified, parse(Files.readString(file, UTF_8)));
                state = known;
                LOG.info("names outside the cluster are asked from {}", known.servers().isEmpty() ? "nobody: " + file + " names no server" : known.servers());
            }
        } catch (IOException e) {
            LOG.debug("{} can't be read: {}", file, e.toString());
        }
        return known.servers();
    }

    private List<InetSocketAddress> parse(String text) {
        List<InetSocketAddress> servers = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (words.length >= 2 && words[0].equals("nameserver")) {
                try {
                    InetAddress address = InetAddress.ofLiteral(words[1]);
                    if (!own.contains(address)) {
                        servers.add(new InetSocketAddress(address, PORT));
                    }
                } catch (IllegalArgumentException e) {
                    LOG.warn("{}: nameserver \"{}\" is no address", file, words[1]);
                }
            }
        }
        return List.copyOf(servers);
    }
}
