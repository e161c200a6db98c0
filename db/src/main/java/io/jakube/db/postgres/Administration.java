package io.jakube.db.postgres;

import io.jakube.db.StoreAdministration;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** Answers by single statements over the pool. */
final class Administration implements StoreAdministration {
    private final ConnectionPool pool;

    Administration(ConnectionPool pool) {
        this.pool = pool;
    }

    @Override
    public long clusterId() {
        return number("SELECT cluster_id FROM kv_meta");
    }

    @Override
    public long sizeBytes() {
        return number("SELECT pg_database_size(current_database())");
    }

    @Override
    public long tableBytes() {
        return number("SELECT pg_total_relation_size('kv_log') + pg_total_relation_size('kv_current') + pg_total_relation_size('kv_lease')");
    }

    private long number(String query) {
        return pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(query); ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public int hash(long revision) {
        return pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT coalesce(bit_xor(('x' || left(md5(int8send(revision) || key || coalesce(value, ''::bytea)), 8))::bit(32)::int), 0) FROM kv_log WHERE revision <= ?")) {
                statement.setLong(1, revision == 0 ? Long.MAX_VALUE : revision);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        });
    }

    @Override
    public void announce(Member member) {
        pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("INSERT INTO kv_member VALUES (?, ?, ?, clock_timestamp(), clock_timestamp())"
                    + " ON CONFLICT (id) DO UPDATE SET name = excluded.name, client_urls = excluded.client_urls, seen_at = excluded.seen_at")) {
                statement.setLong(1, member.id());
                statement.setString(2, member.name());
                statement.setArray(3, connection.createArrayOf("text", member.clientUrls().toArray()));
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public void retire(long memberId) {
        pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("DELETE FROM kv_member WHERE id = ? OR seen_at < clock_timestamp() - interval '1 day'")) {
                statement.setLong(1, memberId);
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public List<Member> members(Duration age) {
        return pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT id, name, client_urls, started_at FROM kv_member WHERE seen_at > clock_timestamp() - make_interval(secs => ?) ORDER BY started_at, id")) {
                statement.setDouble(1, age.toMillis() / 1000.0);
                List<Member> members = new ArrayList<>();
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        members.add(new Member(row.getLong(1), row.getString(2), List.of((String[]) row.getArray(3).getArray()), row.getObject(4, OffsetDateTime.class).toInstant()));
                    }
                }
                return members;
            }
        });
    }
}
