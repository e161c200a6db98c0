package io.jakube.db.embedded;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an embedded server runs. The defaults suit a single node: little memory, every commit on disk before it is acknowledged.
 *
 * @param port port to listen on; 0 keeps that of the last run, or chooses a free one
 * @param sharedBuffersMegabytes PostgreSQL's own page cache; the operating system caches as well
 * @param maxConnections most client connections
 * @param programs where the programs are unpacked; null for the server's own directory
 * @param temporary whether the server is one of many short-lived ones
 * @param installation a PostgreSQL 15 or later of the machine to run instead of the bundled one: the directory that holds {@code bin}; null for the bundled one
 * @param overrides server parameters by name, in place of the defaults or beside them
 */
public record ServerSettings(
        int port, int sharedBuffersMegabytes, int maxConnections, @Nullable Path programs, boolean temporary, @Nullable Path installation,
        Map<String, String> overrides) {
    public static final ServerSettings DEFAULT = new ServerSettings(0, 32, 100, null, false, null, Map.of());

    public ServerSettings {
        overrides = Map.copyOf(overrides);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
        if (sharedBuffersMegabytes < 1 || maxConnections < 10) {
            throw new IllegalArgumentException("a server needs at least 1 MB of shared buffers and 10 connections");
        }
    }

    public ServerSettings withPort(int value) {
        return new ServerSettings(value, sharedBuffersMegabytes, maxConnections, programs, temporary, installation, overrides);
    }

    public ServerSettings withSharedBuffersMegabytes(int value) {
        return new ServerSettings(port, value, maxConnections, programs, temporary, installation, overrides);
    }

    public ServerSettings withInstallation(@Nullable Path value) {
        return new ServerSettings(port, sharedBuffersMegabytes, maxConnections, programs, temporary, value, overrides);
    }

    public ServerSettings withOverrides(Map<String, String> value) {
        return new ServerSettings(port, sharedBuffersMegabytes, maxConnections, programs, temporary, installation, value);
    }

    ServerSettings temporaryWith(Path sharedPrograms) {
        return new ServerSettings(0, sharedBuffersMegabytes, maxConnections, sharedPrograms, true, installation, overrides);
    }

    Map<String, String> parameters(int chosenPort) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("listen_addresses", "127.0.0.1");
        parameters.put("port", String.valueOf(chosenPort));
        parameters.put("unix_socket_directories", "");
        parameters.put("password_encryption", "scram-sha-256");
        parameters.put("max_connections", String.valueOf(maxConnections));
        parameters.put("shared_buffers", sharedBuffersMegabytes + "MB");
        parameters.put("huge_pages", "off");
        parameters.put("fsync", "on");
        parameters.put("synchronous_commit", "on");
        parameters.put("full_page_writes", "on");
        // No replicas hang on an embedded server: less to write, and no processes that wait for them.
        parameters.put("wal_level", "minimal");
        parameters.put("max_wal_senders", "0");
        parameters.put("max_replication_slots", "0");
        parameters.put("max_logical_replication_workers", "0");
        parameters.put("max_parallel_workers", "0");
        if (installation == null) {
            parameters.put("io_method", "sync");
        }
        parameters.put("wal_buffers", "4MB");
        parameters.put("min_wal_size", "64MB");
        parameters.put("max_wal_size", "512MB");
        parameters.put("checkpoint_timeout", "15min");
        parameters.put("autovacuum_naptime", "30s");
        parameters.put("autovacuum_max_workers", "1");
        parameters.put("jit", "off");
        parameters.put("log_min_messages", "warning");
        parameters.put("log_checkpoints", "off");
        parameters.put("log_timezone", "UTC");
        parameters.put("timezone", "UTC");
        parameters.put("log_line_prefix", "%m [%p] %u ");
        parameters.putAll(overrides);
        return parameters;
    }
}
