package io.jakube.db.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.LeaseStatus;
import io.jakube.db.RecordingObserver;
import io.jakube.db.StoreException;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup holds one instant of a store that is being written, and a restored store goes on from there. */
class BackupIT {
    private static final KeyRange ALL = new KeyRange(Key.of(new byte[] {0}), null);
    private static TemporaryPostgres source;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        source = EmbeddedPostgres.temporary();
    }

    @AfterAll
    static void stop() {
        source.close();
    }

    private static DatabaseLogin login(TemporaryPostgres postgres) {
        return new DatabaseLogin(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile());
    }

    private static DatabaseLogin reader(TemporaryPostgres postgres) {
        return new DatabaseLogin(postgres.jdbcUrl(), EmbeddedPostgres.READER, postgres.server().readerPasswordFile());
    }

    private static PostgresKeyValueStore open(TemporaryPostgres postgres) {
        return PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()).withSharedFeed(false));
    }

    private static long put(PostgresKeyValueStore store, String key, byte[] value, long lease) {
        return ((WriteResult.Committed) store.write(new Write(Key.of(key), value, Write.ANY, lease)).join()).revision();
    }

    @Test
    void aBackupOfABusyStoreIsOfOneInstantAndGoesOnElsewhere() throws Exception {
        Path file = directory.resolve("backup");
        try (PostgresKeyValueStore store = open(source); TemporaryPostgres target = EmbeddedPostgres.temporary()) {
            long lease = store.grantLease(600, 0);
            put(store, "leased", new byte[] {0, (byte) 0xff}, lease);
            put(store, "gone", new byte[1], 0);
            put(store, "twice", "1".getBytes(), 0);
            put(store, "twice", "2".getBytes(), 0);
            put(store, "large", new byte[1 << 20], 0);
            store.write(Write.delete(Key.of("gone"), Write.ANY)).join();
            AtomicBoolean running = new AtomicBoolean(true);
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int i = 0; running.get(); i++) {
                    put(store, "busy/" + i % 50, String.valueOf(i).getBytes(), 0);
                }
            });
            Backup.Summary summary = Backup.write(reader(source), file);
            running.set(false);
            writer.join();
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            List<KeyValue> then = store.range(ALL, summary.revision(), 0).items();

            assertThat(Restore.read(file, login(target), 0)).isEqualTo(summary);
            try (PostgresKeyValueStore restored = open(target)) {
                assertThat(restored.currentRevision()).isEqualTo(summary.revision());
                List<KeyValue> now = restored.range(ALL, 0, 0).items();
                assertThat(now).usingRecursiveFieldByFieldElementComparator().isEqualTo(then);
                assertThat(restored.lease(lease)).get().extracting(LeaseStatus::keys).isEqualTo(List.of(Key.of("leased")));
                RecordingObserver observer = new RecordingObserver();
                restored.watch(ALL, summary.revision() + 1, observer);
                assertThat(put(restored, "twice", "3".getBytes(), 0)).isEqualTo(summary.revision() + 1);
                observer.awaitRevision(summary.revision() + 1);
                RecordingObserver old = new RecordingObserver();
                restored.watch(ALL, 1, old);
                assertThat(old.awaitEnd()).isInstanceOf(StoreException.Compacted.class);
                assertThatThrownBy(() -> Restore.read(file, login(target), 0)).isInstanceOf(IOException.class).hasMessageContaining("not empty");
            }
        }
    }

    @Test
    void revisionsCanBeMovedOn() throws Exception {
        Path file = directory.resolve("backup");
        try (PostgresKeyValueStore store = open(source); TemporaryPostgres target = EmbeddedPostgres.temporary()) {
            put(store, "moved", new byte[1], 0);
            Backup.Summary summary = Backup.write(reader(source), file);
            Restore.read(file, login(target), 1_000_000);
            try (PostgresKeyValueStore restored = open(target)) {
                assertThat(restored.currentRevision()).isEqualTo(summary.revision() + 1_000_000);
                RecordingObserver holder = new RecordingObserver();
                restored.watch(ALL, summary.revision() + 5, holder);
                assertThat(holder.awaitEnd()).isInstanceOf(StoreException.Compacted.class);
            }
        }
    }

    @Test
    void aDamagedFileIsRefused() throws Exception {
        Path file = directory.resolve("backup");
        try (PostgresKeyValueStore store = open(source)) {
            put(store, "long", new byte[10_000], 0);
        }
        Backup.write(reader(source), file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Restore.read(file, login(source), 0)).isInstanceOf(IOException.class).hasMessageContaining("damaged");
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 700));
        assertThatThrownBy(() -> Restore.read(file, login(source), 0)).isInstanceOf(IOException.class).hasMessageContaining("not a whole backup");
    }
}
