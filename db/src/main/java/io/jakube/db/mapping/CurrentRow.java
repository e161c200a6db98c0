package io.jakube.db.mapping;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** A live key. Written by the database's functions only. */
@Entity
@Immutable
@Table(name = "kv_current")
public class CurrentRow {
    @Id
    @Column(name = "key")
    public byte[] key = new byte[0];

    @Column(name = "mod_revision")
    public long modRevision;

    @Column(name = "create_revision")
    public long createRevision;

    @Column(name = "version")
    public long version;

    @Column(name = "lease")
    public long lease;
}
