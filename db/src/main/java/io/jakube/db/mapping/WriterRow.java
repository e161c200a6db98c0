package io.jakube.db.mapping;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A writer and the last batch it sent. */
@Entity
@Table(name = "kv_writer")
public class WriterRow {
    @Id
    @Column(name = "writer_id")
    public long id;

    @Column(name = "last_seq")
    public long lastSequence;

    @Column(name = "used_at")
    public Instant usedAt = Instant.EPOCH;
}
