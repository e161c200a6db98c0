package io.jakube.db.postgres;

import io.jakube.db.migration.SchemaMigration;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;

/**
 * Opens connections to the primary. Each one is set up so that neither side waits long for the other when it is gone, and is handed out only when everything it
 * can see is as durable as commits are: see {@link #BARRIER}. Thread-safe.
 */
final class Connector {
    private static final int CONNECT_TIMEOUT_SECONDS = 2;
    /** For the exchange before the first statement; a host that stands still accepts connections, but never answers. */
    private static final int STARTUP_TIMEOUT_SECONDS = 2;
    /** A statement that hangs longer is taken for a dead connection; what it did is found out over a new one. */
    private static final int SOCKET_TIMEOUT_MILLIS = 6_000;

    /**
     * Every query is written for one plan: nested loops over indexes. It must not depend on statistics that were taken while tables were empty. The rest has
     * the server end what a vanished client left behind, above all the lock that orders writes.
     */
    private static final String SETTINGS = "SET search_path = " + SchemaMigration.SCHEMA + "; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;"
            + " SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;"
            + " SET idle_in_transaction_session_timeout = '5s'; SET client_connection_check_interval = '1s';"
            + " SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '10s'";

    /**
     * A commit whose wait for a synchronous standby was broken off, by a crash or by an administrator, is visible without being on the standby, and would be gone
     * after a failover. This transaction writes a message to the write-ahead log, so its own commit waits until the standby has all before it (one that merely takes a
     * number does not wait). The lock lets one wait at a time: those
     * behind it notice when their client has gone, one that waits for the standby does not. (PostgreSQL manual, "Synchronous Replication".)
     */
    private static final String BARRIER = "SELECT pg_advisory_xact_lock(9); SELECT pg_logical_emit_message(true, 'jakube', '')";

    private final StoreConfig config;
    private final ServerHosts hosts;
    private final PoolerCheck pooler = new PoolerCheck();
    private final Epochs epochs;

    Connector(StoreConfig config) {
        this.config = config;
        this.hosts = new ServerHosts(config.url());
        this.epochs = new Epochs(config.access() == StoreConfig.Access.READ_WRITE);
    }

    /** The database's lives, as seen through this connector. */
    Epochs epochs() {
        return epochs;
    }

    /** @param purpose shown in {@code pg_stat_activity} */
    Connection open(String purpose) throws SQLException {
        SQLException failure = null;
        int first = hosts.first();
        for (int host = first; host < first + hosts.size(); host++) {
            try {
                Connection connection = open(hosts.url(host), purpose);
                hosts.served(host);
                return connection;
            } catch (SQLException e) {
                hosts.failed(host);
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        throw failure == null ? new SQLException("no host in " + config.url(), "08001") : failure;
    }

    private Connection open(String url, String purpose) throws SQLException {
        Connection connection = connect(url, purpose);
        boolean ready = false;
        try {
            connection.setNetworkTimeout(Runnable::run, SOCKET_TIMEOUT_MILLIS);
            try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery(), pg_backend_pid()")) {
                row.next();
                if (row.getBoolean(1)) {
                    throw new SQLException("the server is a standby", "25006");
                }
                pooler.check(connection, row.getInt(2), () -> connect(url, "check"));
            }
            // Prepared and binary from the first execution: values are bytes.
            connection.unwrap(PGConnection.class).setPrepareThreshold(-1);
            try (Statement statement = connection.createStatement()) {
                statement.execute(SETTINGS);
                statement.execute(BARRIER);
            }
            epochs.check(connection);
            ready = true;
            return connection;
        } finally {
            if (!ready) {
                ConnectionPool.quietly(connection);
            }
        }
    }

    private Connection connect(String url, String purpose) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", config.user());
        properties.setProperty("password", password());
        properties.setProperty("ApplicationName", "jakube " + purpose);
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_TIMEOUT_SECONDS));
        properties.setProperty("socketTimeout", String.valueOf(STARTUP_TIMEOUT_SECONDS));
        properties.setProperty("hostRecheckSeconds", "0");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("socketFactory", PromptSocketFactory.class.getName());
        // Nothing is prepared before it is known that the session is the connection's own.
        properties.setProperty("prepareThreshold", "0");
        return DriverManager.getConnection(url, properties);
    }

    private String password() throws SQLException {
        try {
            return Files.readString(config.passwordFile()).strip();
        } catch (IOException e) {
            throw new SQLException("cannot read the password file " + config.passwordFile(), "28000", e);
        }
    }
}
