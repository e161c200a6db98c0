package io.jakube.db.etcd.v3;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.LeaseStatus;
import io.jakube.db.RangeRequest;
import io.jakube.db.RangeResult;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * All live keys and leases of one revision in a file, which is deleted when closed. It has the outer shape of etcd's snapshots (blocks of 512 bytes, and the
 * SHA-256 of them at the end), by which {@code etcdctl snapshot save} knows that it is whole. The inside is not etcd's database format:
 *
 * <pre>
 * "JAKUBEKV" int32 format (1)  int64 revision
 * 1 int32 length, key  int32 length, value  int64 create revision, mod revision, version, lease     for each key, in order
 * 2 int64 lease id, int64 time to live in seconds                                                   for each lease
 * 0 and zeros up to the next multiple of 512
 * SHA-256 of all before
 * </pre>
 *
 * Numbers are big-endian; keys are those of the store, the front's own ones included.
 */
final class SnapshotFile implements AutoCloseable {
    private static final byte[] MAGIC = "JAKUBEKV".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 1;
    private static final int BLOCK = 512;
    private static final int PAGE = 1_000;

    private final Path file;
    private final long revision;

    private SnapshotFile(Path file, long revision) {
        this.file = file;
        this.revision = revision;
    }

    /** Receives the file piece by piece. */
    interface ChunkReader {
        void accept(byte[] bytes, long remaining) throws IOException;
    }

    static SnapshotFile of(KeyValueStore store, int bufferBytes) throws IOException {
        Path file = Files.createTempFile("jakube-snapshot-", ".db");
        try {
            return new SnapshotFile(file, write(store, file, bufferBytes));
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private static long write(KeyValueStore store, Path file, int bufferBytes) throws IOException {
        MessageDigest digest = sha256();
        long revision = store.currentRevision();
        try (DigestOutputStream hashed = new DigestOutputStream(Files.newOutputStream(file), digest);
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(hashed, bufferBytes))) {
            out.write(MAGIC);
            out.writeInt(FORMAT);
            out.writeLong(revision);
            Key from = Key.of(new byte[] {0});
            boolean more = true;
            while (more) {
                RangeResult page = store.range(RangeRequest.of(new KeyRange(from, null)).at(revision).limit(PAGE));
                for (KeyValue item : page.items()) {
                    write(out, item);
                }
                more = page.more();
                if (more) {
                    from = page.items().getLast().key().successor();
                }
            }
            for (long id : store.leases()) {
                LeaseStatus lease = store.lease(id).orElse(null);
                if (lease != null) {
                    out.writeByte(2);
                    out.writeLong(id);
                    out.writeLong(lease.grantedSeconds());
                }
            }
            out.writeByte(0);
            out.flush();
            out.write(new byte[(int) ((BLOCK - Files.size(file) % BLOCK) % BLOCK)]);
            out.flush();
            hashed.on(false);
            out.write(digest.digest());
        }
        return revision;
    }

    private static void write(DataOutputStream out, KeyValue item) throws IOException {
        byte[] key = item.key().toBytes();
        out.writeByte(1);
        out.writeInt(key.length);
        out.write(key);
        out.writeInt(item.value().length);
        out.write(item.value());
        out.writeLong(item.createRevision());
        out.writeLong(item.modRevision());
        out.writeLong(item.version());
        out.writeLong(item.lease());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    long revision() {
        return revision;
    }

    void chunks(int size, ChunkReader reader) throws IOException {
        long remaining = Files.size(file);
        try (InputStream in = Files.newInputStream(file)) {
            while (remaining > 0) {
                byte[] chunk = in.readNBytes((int) Math.min(size, remaining));
                remaining -= chunk.length;
                reader.accept(chunk, remaining);
            }
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
