package io.jakube.db.backup;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * Writes all live keys and leases of one instant into a file, while others go on writing: one REPEATABLE READ transaction sees one state. The file appears under its
 * name when it is whole, with mode 0600. Its format is that of the etcd front's snapshots:
 *
 * <pre>
 * "JAKUBEKV" int32 format (1)  int64 revision
 * 1 int32 length, key  int32 length, value  int64 create revision, mod revision, version, lease     for each key, in order
 * 2 int64 lease id, int64 time to live in seconds                                                   for each lease
 * 0 and zeros up to the next multiple of 512
 * SHA-256 of all before
 * </pre>
 *
 * Numbers are big-endian. Stateless.
 */
public final class Backup {
    static final byte[] MAGIC = "JAKUBEKV".getBytes(StandardCharsets.US_ASCII);
    static final int FORMAT = 1;
    static final int BLOCK = 512;
    static final int CHECKSUM = 32;
    private static final int FETCH_ROWS = 500;
    private static final String KEYS = "SELECT c.key, l.value, c.create_revision, c.mod_revision, c.version, c.lease"
            + " FROM kv_current c JOIN kv_log l ON l.key = c.key AND l.revision = c.mod_revision ORDER BY c.key";

    private Backup() {}

    /**
     * What a file holds.
     *
     * @param revision of the state
     * @param keys how many
     * @param leases how many
     */
    public record Summary(long revision, long keys, long leases) {}

    /** @throws IOException where the file cannot be written or the database cannot be read; nothing is left behind then */
    public static Summary write(DatabaseLogin login, Path file) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        Files.deleteIfExists(partial);
        try (Connection connection = login.connect("backup")) {
            Summary summary = write(connection, partial);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return summary;
        } catch (SQLException e) {
            throw new IOException("the database cannot be read: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static Summary write(Connection connection, Path file) throws SQLException, IOException {
        MessageDigest digest = sha256();
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel = Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode);
                DigestOutputStream hashed = new DigestOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), digest);
                DataOutputStream out = new DataOutputStream(hashed)) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            Summary summary = write(connection, out);
            connection.commit();
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                // What was read may have been shown before it was on disk; this is on disk after it.
                statement.execute("SELECT pg_logical_emit_message(true, 'jakube', '')");
            }
            out.writeByte(0);
            out.flush();
            out.write(new byte[(int) ((BLOCK - channel.position() % BLOCK) % BLOCK)]);
            hashed.on(false);
            out.write(digest.digest());
            return summary;
        }
    }

    private static Summary write(Connection connection, DataOutputStream out) throws SQLException, IOException {
        long revision;
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT coalesce(max(revision), 0) FROM kv_log")) {
            row.next();
            revision = row.getLong(1);
        }
        out.write(MAGIC);
        out.writeInt(FORMAT);
        out.writeLong(revision);
        long keys = 0;
        try (PreparedStatement statement = connection.prepareStatement(KEYS)) {
            statement.setFetchSize(FETCH_ROWS);
            try (ResultSet row = statement.executeQuery()) {
                for (; row.next(); keys++) {
                    out.writeByte(1);
                    for (int column = 1; column <= 2; column++) {
                        byte[] bytes = row.getBytes(column);
                        out.writeInt(bytes.length);
                        out.write(bytes);
                    }
                    for (int column = 3; column <= 6; column++) {
                        out.writeLong(row.getLong(column));
                    }
                }
            }
        }
        long leases = 0;
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT id, ttl_seconds FROM kv_lease ORDER BY id")) {
            for (; row.next(); leases++) {
                out.writeByte(2);
                out.writeLong(row.getLong(1));
                out.writeLong(row.getLong(2));
            }
        }
        return new Summary(revision, keys, leases);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
