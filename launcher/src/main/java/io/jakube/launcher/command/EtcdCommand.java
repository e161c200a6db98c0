package io.jakube.launcher.command;

import io.jakube.db.StoreException;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.etcd.EtcdFront;
import io.jakube.db.etcd.EtcdFrontConfig;
import io.jakube.db.etcd.transport.TlsFiles;
import io.jakube.db.migration.SchemaMigration;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import io.jakube.launcher.LaunchException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the store with etcd's protocols in front, in the foreground, until it is told to end. */
@Command(
        name = "etcd",
        mixinStandardHelpOptions = true,
        description = "Run the key-value store by itself as an etcd member, on a PostgreSQL of its own or on a given one. Ends with Ctrl-C.")
public final class EtcdCommand implements Callable<Integer> {
    @Option(names = "--name", defaultValue = "default", description = "This member's name (default: ${DEFAULT-VALUE}).")
    private String name = "default";

    @Option(names = "--data-dir", description = "Where the data is kept (default: NAME.etcd).")
    private @Nullable Path dataDirectory;

    @Option(names = "--listen-client-urls", split = ",", defaultValue = "http://127.0.0.1:2379", paramLabel = "URL", description = "Where to listen (default: ${DEFAULT-VALUE}).")
    private List<URI> listenUrls = List.of();

    @Option(names = "--advertise-client-urls", split = ",", paramLabel = "URL", description = "What clients are told (default: the URLs listened on).")
    private List<URI> advertiseUrls = List.of();

    @Option(names = "--cert-file", paramLabel = "FILE", description = "Certificate for https URLs, PEM.")
    private @Nullable Path certificate;

    @Option(names = "--key-file", paramLabel = "FILE", description = "Its private key, PEM.")
    private @Nullable Path key;

    @Option(names = "--trusted-ca-file", paramLabel = "FILE", description = "Authorities of clients' certificates, PEM.")
    private @Nullable Path trusted;

    @Option(names = "--client-cert-auth", description = "Turn clients without a certificate away.")
    private boolean clientCertificates;

    @Option(names = "--database-url", paramLabel = "URL", description = "JDBC URL of a PostgreSQL 15 or later, without credentials, instead of one of its own.")
    private @Nullable String databaseUrl;

    @Option(names = "--database-user", paramLabel = "ROLE", defaultValue = EmbeddedPostgres.WRITER, description = "Role to use it with (default: ${DEFAULT-VALUE}).")
    private String databaseUser = EmbeddedPostgres.WRITER;

    @Option(names = "--database-password-file", paramLabel = "FILE", description = "File with the role's password.")
    private @Nullable Path databasePassword;

    @Option(names = "--database-admin-user", paramLabel = "ROLE", description = "Role that may create the schema; needed when the schema is missing or old.")
    private @Nullable String adminUser;

    @Option(names = "--database-admin-password-file", paramLabel = "FILE", description = "File with that role's password.")
    private @Nullable Path adminPassword;

    @Override
    public Integer call() {
        EtcdFrontConfig config = config();
        EmbeddedPostgres started = null;
        StoreConfig database;
        if (databaseUrl == null) {
            Path directory = (dataDirectory == null ? Path.of(name + ".etcd") : dataDirectory).toAbsolutePath();
            boolean ran = Files.exists(directory.resolve("port")) && EmbeddedPostgres.at(directory).isRunning();
            EmbeddedPostgres server = start(directory);
            started = ran ? null : server;
            database = StoreConfig.writer(server.jdbcUrl(), EmbeddedPostgres.WRITER, server.writerPasswordFile());
        } else {
            database = given(databaseUrl);
        }
        return serve(config, database.withMaxConnections(16).withRetention(StoreConfig.Retention.UNLIMITED), started);
    }

    private EtcdFrontConfig config() {
        if ((certificate == null) != (key == null)) {
            throw new LaunchException("--cert-file and --key-file belong together.");
        }
        if (clientCertificates && trusted == null) {
            throw new LaunchException("--client-cert-auth needs --trusted-ca-file.");
        }
        try {
            TlsFiles tls = certificate == null || key == null ? null : new TlsFiles(certificate, key, trusted, clientCertificates);
            return new EtcdFrontConfig(name, listenUrls, advertiseUrls, tls, List.of(), Duration.ofMinutes(10));
        } catch (IllegalArgumentException e) {
            throw new LaunchException(sentence(e.getMessage()));
        }
    }

    private static EmbeddedPostgres start(Path directory) {
        try {
            return EmbeddedPostgres.start(directory);
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new LaunchException(sentence(e.getMessage()), e);
        }
    }

    private StoreConfig given(String url) {
        if (databasePassword == null) {
            throw new LaunchException("--database-url needs --database-password-file.");
        }
        if (adminUser != null) {
            if (adminPassword == null) {
                throw new LaunchException("--database-admin-user needs --database-admin-password-file.");
            }
            try {
                SchemaMigration.migrate(url, adminUser, adminPassword);
            } catch (IllegalStateException | UncheckedIOException e) {
                throw new LaunchException(sentence(e.getMessage()), e);
            }
        }
        return StoreConfig.writer(url, databaseUser, databasePassword);
    }

    private static int serve(EtcdFrontConfig config, StoreConfig database, @Nullable EmbeddedPostgres started) {
        PostgresKeyValueStore store = PostgresKeyValueStore.open(database);
        EtcdFront front;
        try {
            front = EtcdFront.start(config, store, store.administration());
        } catch (UncheckedIOException | IllegalArgumentException | StoreException e) {
            store.close();
            if (started != null) {
                started.stop();
            }
            throw new LaunchException(sentence(e.getMessage()), e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            front.close();
            store.close();
            if (started != null) {
                started.stop();
            }
        }));
        config.listenUrls().forEach(url -> System.err.println("Serving etcd clients on " + url));
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    private static String sentence(@Nullable String text) {
        String message = text == null ? "" : text;
        return message.isEmpty() ? message : Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".";
    }
}
