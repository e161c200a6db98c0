package io.jakube.db.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What the writer commits in one database transaction under one sequence number. Used by the writer's thread only. */
interface Work {
    List<? extends Pending> callers();

    /** Forgets the callers that have given up. Called before the first attempt only. */
    void dropExpired(long now);

    /**
     * Commits. May be called again with the same arguments after it failed, and then finds out whether the earlier attempt was committed.
     *
     * @throws SQLException with state {@code KV001} where the database has forgotten earlier work of this writer
     */
    void commit(Connection connection, long writer, long sequence) throws SQLException;

    /** After a commit: a revision up to which the log is durable; 0 or less where that is not known. */
    long revision();

    /** Tells the callers, after a commit. */
    void answer();

    /** What the work falls into when the database refuses it for its values; itself where it cannot be divided. */
    List<Work> parts();

    String describe();
}
