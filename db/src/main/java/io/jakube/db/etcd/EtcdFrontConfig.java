package io.jakube.db.etcd;

import static java.util.Objects.requireNonNull;

import io.jakube.db.Key;
import io.jakube.db.etcd.transport.TlsFiles;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a front is run.
 *
 * @param name the member's name
 * @param listenUrls where to listen: {@code http://127.0.0.1:2379}; port 0 takes a free one
 * @param advertiseUrls where other members' clients are told to find this one; none for the listen URLs
 * @param tls for {@code https} URLs
 * @param readOnlyPrefixes clients can read keys with these beginnings, but not write them
 * @param progressInterval how often idle watches that asked for it are told of progress
 */
public record EtcdFrontConfig(
        String name, List<URI> listenUrls, List<URI> advertiseUrls, @Nullable TlsFiles tls, List<Key> readOnlyPrefixes, Duration progressInterval) {
    public EtcdFrontConfig {
        requireNonNull(name, "name is null");
        listenUrls = List.copyOf(listenUrls);
        advertiseUrls = List.copyOf(advertiseUrls);
        readOnlyPrefixes = List.copyOf(readOnlyPrefixes);
        requireNonNull(progressInterval, "progressInterval is null");
        if (listenUrls.isEmpty()) {
            throw new IllegalArgumentException("no URL to listen on");
        }
        for (URI url : listenUrls) {
            if (url.getHost() == null || url.getPort() < 0 || !(url.getScheme().equals("http") || url.getScheme().equals("https"))) {
                throw new IllegalArgumentException("cannot listen on " + url + ": a URL like http://127.0.0.1:2379 is needed");
            }
            if (url.getScheme().equals("https") && tls == null) {
                throw new IllegalArgumentException("a certificate and its key are needed for " + url);
            }
        }
    }

    /** On one URL, with defaults. */
    public static EtcdFrontConfig on(String url) {
        return new EtcdFrontConfig("default", List.of(URI.create(url)), List.of(), null, List.of(), Duration.ofMinutes(10));
    }
}
