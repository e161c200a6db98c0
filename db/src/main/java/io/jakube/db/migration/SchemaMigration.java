package io.jakube.db.migration;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings a database's schema to this program's version. Safe beside running processes and other migrations: Flyway holds a lock. */
public final class SchemaMigration {
    /** The schema all tables live in. */
    public static final String SCHEMA = "jakube";

    /** The newest migration among the resources. */
    static final String VERSION = "6";

    private SchemaMigration() {}

    /**
     * Migrates.
     *
     * @param url JDBC URL without credentials
     * @param user a role that owns the schema or may create it, and may create roles where {@code jakube_writer} and {@code jakube_reader} are missing
     * @throws IllegalStateException where that fails
     */
    public static void migrate(String url, String user, Path passwordFile) {
        requireNonNull(url, "url is null");
        String password = password(passwordFile);
        if (isCurrent(url, user, password)) {
            return;
        }
        try {
            Flyway.configure(SchemaMigration.class.getClassLoader())
                    .dataSource(url, user, password)
                    .schemas(SCHEMA)
                    .defaultSchema(SCHEMA)
                    .createSchemas(true)
                    .locations("classpath:io/jakube/db/migration")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new IllegalStateException("cannot migrate the database at " + url + ": " + e.getMessage(), e);
        }
    }

    /** Spares Flyway's start-up when there is nothing to do. */
    private static boolean isCurrent(String url, String user, String password) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        try (Connection connection = DriverManager.getConnection(url, properties);
                Statement statement = connection.createStatement();
                ResultSet table = statement.executeQuery("SELECT to_regclass('" + SCHEMA + ".flyway_schema_history') IS NOT NULL")) {
            if (!table.next() || !table.getBoolean(1)) {
                return false;
            }
            try (ResultSet version = statement.executeQuery("SELECT 1 FROM " + SCHEMA + ".flyway_schema_history WHERE success AND version = '" + VERSION + "'")) {
                return version.next();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot reach the database at " + url + ": " + e.getMessage(), e);
        }
    }

    private static String password(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the password file " + file, e);
        }
    }
}
