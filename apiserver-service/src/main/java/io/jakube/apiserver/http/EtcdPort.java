package io.jakube.apiserver.http;

import io.jakube.db.Key;
import io.jakube.db.etcd.EtcdFrontConfig;
import io.jakube.db.etcd.LazyEtcdFront;
import io.jakube.db.etcd.transport.TlsFiles;
import io.jakube.db.postgres.PostgresKeyValueStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The cluster's store as etcd clients see it: on loopback, for those whose certificate was signed by {@code etcd/ca.crt} of the PKI directory. What belongs to the
 * API server can be read there, and written only through the API server.
 */
final class EtcdPort {
    private static final Key CLUSTER = Key.of("/registry/");

    private EtcdPort() {}

    static LazyEtcdFront open(int port, Path pki, String name, PostgresKeyValueStore store) {
        Path directory = pki.resolve("etcd");
        TlsFiles tls = new TlsFiles(directory.resolve("server.crt"), directory.resolve("server.key"), directory.resolve("ca.crt"), true);
        EtcdFrontConfig config = new EtcdFrontConfig(name, List.of(URI.create("https://127.0.0.1:" + port)), List.of(), tls, List.of(CLUSTER), Duration.ofMinutes(10));
        return LazyEtcdFront.open(config, store, store.administration());
    }
}
