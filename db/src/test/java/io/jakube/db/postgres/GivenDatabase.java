package io.jakube.db.postgres;

import io.jakube.db.migration.SchemaMigration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A database that somebody else runs, with the roles and the schema an operator gives it.
 *
 * @param url without credentials
 * @param passwordFile of the role {@link #WRITER}
 */
record GivenDatabase(String url, Path passwordFile) {
    static final String WRITER = "jakube_writer";

    private static final String PASSWORD = "of-the-writer";

    static GivenDatabase prepare(String url, String admin, String adminPassword, Path directory) throws IOException {
        try (Connection connection = DriverManager.getConnection(url, admin, adminPassword); Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + WRITER + " LOGIN PASSWORD '" + PASSWORD + "'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        Path adminFile = Files.writeString(directory.resolve("admin.password"), adminPassword);
        SchemaMigration.migrate(url, admin, adminFile);
        return new GivenDatabase(url, Files.writeString(directory.resolve("writer.password"), PASSWORD));
    }
}
