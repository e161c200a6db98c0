package io.jakube.db.postgres;

import io.jakube.db.migration.SchemaMigration;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Opens connections. Thread-safe. */
final class Connector {
    private static final int CONNECT_TIMEOUT_SECONDS = 2;
    /** A statement that hangs longer is taken for a dead connection; what it did is found out over a new one. */
    private static final int SOCKET_TIMEOUT_SECONDS = 6;

    /** Every query is written for one plan: nested loops over indexes. It must not depend on statistics that were taken while tables were empty. */
    private static final String PLANNER = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off"
            + " -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    private final StoreConfig config;

    Connector(StoreConfig config) {
        this.config = config;
    }

    /** @param purpose shown in {@code pg_stat_activity} */
    Connection open(String purpose) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", config.user());
        properties.setProperty("password", password());
        properties.setProperty("ApplicationName", "jakube " + purpose);
        properties.setProperty("currentSchema", SchemaMigration.SCHEMA);
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_TIMEOUT_SECONDS));
        properties.setProperty("socketTimeout", String.valueOf(SOCKET_TIMEOUT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("socketFactory", PromptSocketFactory.class.getName());
        // Prepared and binary from the first execution: values are bytes.
        properties.setProperty("prepareThreshold", "-1");
        properties.setProperty("options", PLANNER);
        return DriverManager.getConnection(config.url(), properties);
    }

    private String password() throws SQLException {
        try {
            return Files.readString(config.passwordFile()).strip();
        } catch (IOException e) {
            throw new SQLException("cannot read the password file " + config.passwordFile(), "28000", e);
        }
    }
}
