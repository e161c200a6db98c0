package io.jakube.db.mapping;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A value of a key at a revision, or its deletion. Written by the database's functions only. */
@Entity
@Immutable
@Table(name = "kv_log")
@IdClass(LogRow.Position.class)
public class LogRow {
    /** Where a row stands in the log. */
    public record Position(long revision, int sub) {}

    @Id
    @Column(name = "revision")
    public long revision;

    @Id
    @Column(name = "sub")
    public int sub;

    @Column(name = "create_revision")
    public long createRevision;

    @Column(name = "prev_revision")
    public long previousRevision;

    @Column(name = "version")
    public long version;

    @Column(name = "lease")
    public long lease;

    @Column(name = "deleted")
    public boolean deleted;

    @Column(name = "written_at")
    public Instant writtenAt = Instant.EPOCH;

    @Column(name = "key")
    public byte[] key = new byte[0];

    @Column(name = "value")
    public byte @Nullable [] value;
}
