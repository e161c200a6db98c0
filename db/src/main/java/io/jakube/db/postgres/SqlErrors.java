package io.jakube.db.postgres;

import io.jakube.db.StoreException;
import java.sql.SQLException;

/** What PostgreSQL's error codes mean to the store. */
final class SqlErrors {
    private SqlErrors() {}

    /** Whether the connection is of no further use. */
    static boolean connectionLost(SQLException e) {
        String state = state(e);
        return state.isEmpty() || state.startsWith("08") || state.startsWith("57P") || state.equals("25006") || state.startsWith("58");
    }

    /** Whether the same statement may succeed later: the connection was lost, the server is full, stopping, starting or has become a standby. */
    static boolean transientFailure(SQLException e) {
        String state = state(e);
        return connectionLost(e) || state.startsWith("53") || state.startsWith("40") || state.equals("55P03") || state.equals("57014");
    }

    /** Whether the statement's values are at fault. */
    static boolean badValue(SQLException e) {
        String state = state(e);
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
    }

    static boolean lostWrites(SQLException e) {
        return state(e).equals("KV001");
    }

    static StoreException.Unavailable unavailable(Throwable e, boolean outcomeUnknown) {
        return new StoreException.Unavailable("the database is not available: " + e.getMessage(), outcomeUnknown, e);
    }

    private static String state(SQLException e) {
        String state = e.getSQLState();
        return state == null ? "" : state;
    }
}
