package io.jakube.db.embedded;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Creates the database and the login roles of an embedded server, and gives the roles the passwords that stand in their files. */
final class Roles {
    private static final String UNFINISHED = EmbeddedPostgres.DATABASE + "_unfinished";

    private Roles() {}

    static void prepare(EmbeddedPostgres server) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("user", EmbeddedPostgres.ADMIN);
        properties.setProperty("password", Passwords.readOrCreate(server.adminPasswordFile()));
        try (Connection connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres", properties);
                Statement statement = connection.createStatement()) {
            if (exists(statement, "SELECT 1 FROM pg_database WHERE datname = '" + EmbeddedPostgres.DATABASE + "'")) {
                return;
            }
            // An error must not copy a password into the server's log.
            statement.execute("SET log_min_error_statement = panic");
            login(statement, EmbeddedPostgres.WRITER, Passwords.readOrCreate(server.writerPasswordFile()));
            login(statement, EmbeddedPostgres.READER, Passwords.readOrCreate(server.readerPasswordFile()));
            statement.execute("REVOKE ALL ON DATABASE postgres FROM PUBLIC");
            statement.execute("REVOKE ALL ON DATABASE template1 FROM PUBLIC");
            // The database gets its name last: where that is there, everything is.
            if (!exists(statement, "SELECT 1 FROM pg_database WHERE datname = '" + UNFINISHED + "'")) {
                statement.execute("CREATE DATABASE " + UNFINISHED);
            }
            statement.execute("REVOKE ALL ON DATABASE " + UNFINISHED + " FROM PUBLIC");
            statement.execute("ALTER DATABASE " + UNFINISHED + " RENAME TO " + EmbeddedPostgres.DATABASE);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot prepare the database: " + e.getMessage(), e);
        }
    }

    private static void login(Statement statement, String role, String password) throws SQLException {
        if (!exists(statement, "SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'")) {
            statement.execute("CREATE ROLE " + role);
        }
        statement.execute("ALTER ROLE " + role + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD '" + password + "'");
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            return result.next();
        }
    }
}
