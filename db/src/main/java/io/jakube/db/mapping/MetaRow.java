package io.jakube.db.mapping;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The store's single row about itself. */
@Entity
@Table(name = "kv_meta")
public class MetaRow {
    public static final int ID = 1;

    @Id
    @Column(name = "id")
    public int id;

    @Column(name = "compact_revision")
    public long compactRevision;

    @Column(name = "compacted_to")
    public long compactedTo;
}
