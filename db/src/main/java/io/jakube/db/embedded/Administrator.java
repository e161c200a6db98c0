package io.jakube.db.embedded;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Statements to an embedded server with its administrator's role. Stateless. */
public final class Administrator {
    private Administrator() {}

    /** A connection to the store's database. The caller closes it. */
    public static Connection connect(EmbeddedPostgres server) throws SQLException {
        requireNonNull(server, "server is null");
        Properties properties = new Properties();
        properties.setProperty("user", EmbeddedPostgres.ADMIN);
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("socketTimeout", "60");
        properties.setProperty("ApplicationName", "administrator");
        try {
            properties.setProperty("password", Files.readString(server.adminPasswordFile()).strip());
        } catch (IOException e) {
            throw new SQLException("cannot read " + server.adminPasswordFile(), "28000", e);
        }
        return DriverManager.getConnection(server.jdbcUrl(), properties);
    }

    /** Runs one statement. @return its first column in its first row as text, null where there is none */
    public static @Nullable String execute(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = connect(server); Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return null;
            }
            try (ResultSet rows = statement.getResultSet()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }
}
