package io.jakube.db.mapping;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A lease. Its clock is the database's. */
@Entity
@Table(name = "kv_lease")
public class LeaseRow {
    @Id
    @Column(name = "id")
    public long id;

    @Column(name = "ttl_seconds")
    public long ttlSeconds;

    @Column(name = "expires_at")
    public Instant expiresAt = Instant.EPOCH;
}
