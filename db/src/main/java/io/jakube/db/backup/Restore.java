package io.jakube.db.backup;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Brings a backup into an empty database whose schema is in place, in one transaction: it is all there or nothing is. Keys keep their revisions, and revisions go on
 * from the backup's; history before it is compacted. Leases begin anew with their full time. Stateless.
 */
public final class Restore {
    private static final int BATCH_ROWS = 500;
    private static final int BATCH_BYTES = 4 << 20;
    private static final int MAX_BYTES = 64 << 20;

    private Restore() {}

    private record Item(byte[] key, byte[] value, long create, long mod, long version, long lease) {}

    /**
     * Restores.
     *
     * @param bump by how much the store's revision is moved on, so that nobody who has seen later revisions than the backup's meets them again with other content;
     *     0 goes on where the backup ends
     * @throws IOException where the file is no whole backup, the database is not empty or cannot be written; nothing was changed then
     */
    public static Backup.Summary read(Path file, DatabaseLogin login, long bump) throws IOException {
        if (bump < 0) {
            throw new IOException("revisions cannot be moved back by " + -bump);
        }
        verify(file);
        try (Connection connection = login.connect("restore"); DataInputStream in = open(file)) {
            connection.setAutoCommit(false);
            requireEmpty(connection);
            Backup.Summary summary = read(in, connection, bump);
            connection.commit();
            return summary;
        } catch (SQLException e) {
            throw new IOException("the database cannot be written: " + e.getMessage(), e);
        }
    }

    private static DataInputStream open(Path file) throws IOException {
        return new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
    }

    private static void verify(Path file) throws IOException {
        long size = Files.size(file);
        if (size < Backup.BLOCK + Backup.CHECKSUM || (size - Backup.CHECKSUM) % Backup.BLOCK != 0) {
            throw new IOException(file + " is not a whole backup: its size of " + size + " bytes is none a backup can have");
        }
        MessageDigest digest = Backup.sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = new byte[1 << 16];
            for (long left = size - Backup.CHECKSUM; left > 0; ) {
                int n = in.read(chunk, 0, (int) Math.min(chunk.length, left));
                if (n < 0) {
                    throw new IOException(file + " became shorter while it was read");
                }
                digest.update(chunk, 0, n);
                left -= n;
            }
            if (!Arrays.equals(digest.digest(), in.readNBytes(Backup.CHECKSUM))) {
                throw new IOException(file + " is damaged: its checksum does not fit its content");
            }
        }
    }

    private static void requireEmpty(Connection connection) throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(7)");
            try (ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT FROM kv_current), EXISTS (SELECT FROM kv_lease), coalesce(max(revision), 0) FROM kv_log")) {
                row.next();
                if (row.getBoolean(1) || row.getBoolean(2) || row.getLong(3) > 1) {
                    throw new IOException("the database is not empty (revision " + row.getLong(3) + "): restore into a new one");
                }
            }
            statement.execute("DELETE FROM kv_log");
        }
    }

    private static Backup.Summary read(DataInputStream in, Connection connection, long bump) throws IOException, SQLException {
        if (!Arrays.equals(in.readNBytes(Backup.MAGIC.length), Backup.MAGIC)) {
            throw new IOException("the file is no backup of this store");
        }
        int format = in.readInt();
        if (format != Backup.FORMAT) {
            throw new IOException("the backup has format " + format + ", this program knows " + Backup.FORMAT);
        }
        long revision = in.readLong();
        List<Item> batch = new ArrayList<>();
        long bytes = 0;
        long keys = 0;
        long leases = 0;
        for (int kind = in.readByte(); kind != 0; kind = in.readByte()) {
            switch (kind) {
                case 1 -> {
                    Item item = new Item(bytes(in), bytes(in), in.readLong(), in.readLong(), in.readLong(), in.readLong());
                    batch.add(item);
                    bytes += item.value().length;
                    if (batch.size() == BATCH_ROWS || bytes > BATCH_BYTES) {
                        keys = insert(connection, batch, keys);
                        bytes = 0;
                    }
                }
                case 2 -> {
                    lease(connection, in.readLong(), in.readLong());
                    leases++;
                }
                default -> throw new IOException("the backup holds an entry of the unknown kind " + kind);
            }
        }
        keys = insert(connection, batch, keys);
        finish(connection, revision + bump);
        return new Backup.Summary(revision + bump, keys, leases);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_BYTES) {
            throw new IOException("the backup holds an entry of " + length + " bytes");
        }
        return in.readNBytes(length);
    }

    /** @return how many keys there are now, which also numbers the rows within their revisions */
    private static long insert(Connection connection, List<Item> batch, long keys) throws SQLException {
        long number = keys;
        try (PreparedStatement log = connection.prepareStatement("INSERT INTO kv_log VALUES (?, ?, ?, 0, ?, ?, false, now(), ?, ?)");
                PreparedStatement current = connection.prepareStatement("INSERT INTO kv_current VALUES (?, ?, ?, ?, ?)")) {
            for (Item item : batch) {
                log.setLong(1, item.mod());
                log.setInt(2, Math.toIntExact(++number));
                log.setLong(3, item.create());
                log.setLong(4, item.version());
                log.setLong(5, item.lease());
                log.setBytes(6, item.key());
                log.setBytes(7, item.value());
                log.addBatch();
                current.setBytes(1, item.key());
                current.setLong(2, item.mod());
                current.setLong(3, item.create());
                current.setLong(4, item.version());
                current.setLong(5, item.lease());
                current.addBatch();
            }
            log.executeBatch();
            current.executeBatch();
        }
        batch.clear();
        return number;
    }

    private static void lease(Connection connection, long id, long ttl) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO kv_lease VALUES (?, ?, clock_timestamp() + make_interval(secs => ?))")) {
            statement.setLong(1, id);
            statement.setLong(2, ttl);
            statement.setDouble(3, ttl);
            statement.executeUpdate();
        }
    }

    /** The store's revision is that of its newest row; the deletion of the empty key, which no range holds, stands for one that left none. */
    private static void finish(Connection connection, long revision) throws SQLException {
        try (PreparedStatement head = connection.prepareStatement("INSERT INTO kv_log VALUES (?, 0, ?, 0, 1, 0, true, now(), '', NULL)");
                PreparedStatement compacted = connection.prepareStatement("UPDATE kv_meta SET compact_revision = ?, compacted_to = ?")) {
            head.setLong(1, revision);
            head.setLong(2, revision);
            head.executeUpdate();
            compacted.setLong(1, revision);
            compacted.setLong(2, revision);
            compacted.executeUpdate();
        }
    }
}
