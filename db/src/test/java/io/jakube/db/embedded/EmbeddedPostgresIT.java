package io.jakube.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {
    @TempDir
    Path directory;

    @Test
    void keepsDataAndPortOverStopCrashAndRestart() throws Exception {
        EmbeddedPostgres server = EmbeddedPostgres.start(directory.resolve("db"));
        try {
            int port = server.port();
            execute(server, "CREATE TABLE kept AS SELECT 1 AS x");
            assertThat(EmbeddedPostgres.start(directory.resolve("db")).pid()).as("finds the running server").isEqualTo(server.pid());

            server.stop();
            assertThat(server.isRunning()).isFalse();
            server = EmbeddedPostgres.start(directory.resolve("db"));
            assertThat(server.port()).isEqualTo(port);
            assertThat(read(server, "SELECT x FROM kept")).isEqualTo("1");

            ProcessHandle process = ProcessHandle.of(server.pid().orElseThrow()).orElseThrow();
            process.destroyForcibly();
            process.onExit().join();
            server = EmbeddedPostgres.start(directory.resolve("db"));
            assertThat(read(server, "SELECT x FROM kept")).isEqualTo("1");
            assertThat(read(server, "SHOW fsync")).isEqualTo("on");
        } finally {
            server.stop();
        }
    }

    @Test
    void startsAgainThoughAChildOfTheKilledServerDoesNotEnd() throws Exception {
        EmbeddedPostgres server = EmbeddedPostgres.start(directory.resolve("db"));
        try {
            ProcessHandle process = ProcessHandle.of(server.pid().orElseThrow()).orElseThrow();
            ProcessHandle child = process.children().findFirst().orElseThrow();
            new ProcessBuilder("sh", "-c", "kill -STOP " + child.pid()).start().waitFor();
            process.destroyForcibly();
            process.onExit().join();
            server = EmbeddedPostgres.start(directory.resolve("db"));
            assertThat(read(server, "SELECT 1")).isEqualTo("1");
        } finally {
            server.stop();
        }
    }

    @Test
    void runsBelowADirectoryThatIsClosedToOthers() throws Exception {
        Path closed = Files.createDirectory(directory.resolve("closed"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        EmbeddedPostgres server = EmbeddedPostgres.start(closed.resolve("db"));
        try {
            assertThat(read(server, "SELECT 1")).isEqualTo("1");
            assertThat(Files.getPosixFilePermissions(server.writerPasswordFile())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        } finally {
            server.stop();
        }
        assertThat(server.isRunning()).isFalse();
    }

    private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = connect(server); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String read(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = connect(server); Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private static Connection connect(EmbeddedPostgres server) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", EmbeddedPostgres.ADMIN);
        try {
            properties.setProperty("password", Files.readString(server.adminPasswordFile()));
        } catch (java.io.IOException e) {
            throw new SQLException(e);
        }
        return DriverManager.getConnection(server.jdbcUrl(), properties);
    }
}
