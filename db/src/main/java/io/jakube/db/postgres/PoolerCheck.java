package io.jakube.db.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/**
 * Tells a pooler that gives each transaction another session from one that keeps a session for each client. A pooler shows itself by a process number of its own
 * invention. In transaction mode two clients that are both connected get the same server process for their transactions, or one client another process for
 * each; with a session each, neither ever happens. Thread-safe.
 */
final class PoolerCheck {
    /** SQL state of the refusal; repeating does not mend it. */
    static final String STATE = "KV002";

    private static final int ROUNDS = 5;

    private volatile boolean sessionsAreKept;

    /** Opens a second connection to where the first one goes. */
    @FunctionalInterface
    interface Opener {
        Connection open() throws SQLException;
    }

    /**
     * @param process the server process that served the connection's last transaction
     * @throws SQLException with {@link #STATE} where sessions are not kept
     */
    void check(Connection connection, int process, Opener another) throws SQLException {
        if (sessionsAreKept || connection.unwrap(PGConnection.class).getBackendPID() == process) {
            return;
        }
        try (Connection second = another.open()) {
            for (int i = 0; i < ROUNDS; i++) {
                int others = process(second);
                if (process(connection) != process || others == process) {
                    throw new SQLException("the database is reached by way of a pooler that gives each transaction another session, as PgBouncer does with"
                            + " pool_mode=transaction; LISTEN and session settings do not survive that: set pool_mode=session, or use the server's own address", STATE);
                }
            }
        }
        sessionsAreKept = true;
    }

    private static int process(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
