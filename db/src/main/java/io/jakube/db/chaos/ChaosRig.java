package io.jakube.db.chaos;

import io.jakube.db.embedded.Administrator;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.ServerSettings;
import io.jakube.db.embedded.TemporaryPair;
import io.jakube.db.embedded.TemporaryPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What the fault run is about: a primary with a synchronous standby, a network between them and the clients that can be disturbed, and processes that use them.
 * Processes come back under a new name after they were killed; their watches go on where the last line of their journal left them. One thread.
 */
final class ChaosRig implements AutoCloseable {
    private static final long PATIENCE_NANOS = 90_000_000_000L;

    private final Path directory;
    private final Random random;
    private final int clients;
    private final TemporaryPair pair;
    private final Map<Path, TcpProxy> proxies = new HashMap<>();
    private final TcpProxy replication;
    private int replicationPort;
    private final String url;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<Path> journals = new ArrayList<>();
    private int started;

    ChaosRig(Path directory, Random random, int writers, int clients, @Nullable Path installation) throws IOException {
        this.directory = directory;
        this.random = random;
        this.clients = clients;
        replication = new TcpProxy(() -> replicationPort);
        pair = TemporaryPair.start(TemporaryPair.Replication.SYNCHRONOUS, ServerSettings.DEFAULT.withInstallation(installation), port -> {
            replicationPort = port;
            return replication.port();
        });
        StringBuilder hosts = new StringBuilder();
        for (TemporaryPostgres server : List.of(pair.primary(), pair.standby())) {
            int port = server.server().port();
            TcpProxy proxy = new TcpProxy(() -> port);
            proxies.put(server.server().directory(), proxy);
            hosts.append(hosts.isEmpty() ? "" : ",").append("127.0.0.1:").append(proxy.port());
        }
        url = "jdbc:postgresql://" + hosts + "/" + EmbeddedPostgres.DATABASE;
        // The log is the witness: it stays whole even where the store compacts it.
        admin("REVOKE DELETE ON jakube.kv_log FROM " + EmbeddedPostgres.WRITER);
        for (int i = 0; i < writers; i++) {
            startWorker(1);
        }
    }

    TemporaryPair pair() {
        return pair;
    }

    TcpProxy network() {
        return Objects.requireNonNull(proxies.get(pair.primary().server().directory()));
    }

    TcpProxy replication() {
        return replication;
    }

    Random random() {
        return random;
    }

    WorkerProcess anyWorker() {
        return workers.get(random.nextInt(workers.size()));
    }

    void replace(WorkerProcess worker) {
        worker.kill();
        workers.remove(worker);
        try {
            History past = new History();
            Path journal = directory.resolve(worker.name() + ".journal");
            past.addJournal(journal);
            long position = past.segments().stream().filter(segment -> segment.watch().equals(worker.name() + ".all")).flatMap(segment -> segment.calls().stream())
                    .mapToLong(History.Call::revision).max().orElse(0);
            startWorker(position + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startWorker(long first) throws IOException {
        String name = "p" + ++started;
        Path journal = directory.resolve(name + ".journal");
        journals.add(journal);
        // Both servers have the same passwords; only the files' places differ.
        workers.add(new WorkerProcess(name, List.of(url, EmbeddedPostgres.WRITER, pair.primary().server().writerPasswordFile().toString(), journal.toString(), name,
                String.valueOf(random.nextLong()), String.valueOf(clients), String.valueOf(first)), directory.resolve(name + ".errors")));
    }

    String admin(String sql) {
        try {
            return String.valueOf(Administrator.execute(pair.primary().server(), sql));
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run " + sql + ": " + e.getMessage(), e);
        }
    }

    long head() {
        return Long.parseLong(admin("SELECT coalesce(max(revision), 0) FROM jakube.kv_log"));
    }

    /** Waits until every process has written something that was not written before the call. @return how long that took, in milliseconds */
    long awaitProgress() throws InterruptedException {
        long start = System.nanoTime();
        long from = head();
        String condition = "SELECT count(*) FROM jakube.kv_current WHERE mod_revision > " + from + " AND key IN ("
                + String.join(",", workers.stream().map(worker -> "'" + ChaosWorker.PREFIX + "heart/" + worker.name() + "'::bytea").toList()) + ")";
        while (Integer.parseInt(admin(condition)) < workers.size()) {
            for (WorkerProcess worker : workers) {
                if (!worker.isAlive()) {
                    throw new IllegalStateException("process " + worker.name() + " died; see " + directory);
                }
            }
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new IllegalStateException("no progress within " + PATIENCE_NANOS / 1_000_000_000 + " s; journals are in " + directory);
            }
            Thread.sleep(20);
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    /** Returns when the store has written down that commits wait for the standby; a failover before that would count as one that may lose writes. */
    void awaitSynchronyNoted() throws InterruptedException {
        while (!admin("SELECT synchronous FROM jakube.kv_epoch ORDER BY epoch DESC LIMIT 1").equals("t")) {
            Thread.sleep(50);
        }
    }

    /** Ends the load, waits until every watch has come to the end of the log, and gathers what happened. */
    History finish() throws IOException, InterruptedException, SQLException {
        for (WorkerProcess worker : workers) {
            worker.stop();
        }
        long head = head();
        for (WorkerProcess worker : workers) {
            worker.finish(head);
        }
        History history = new History();
        for (Path journal : journals) {
            history.addJournal(journal);
        }
        try (Connection connection = Administrator.connect(pair.primary().server()); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT revision, sub, convert_from(key, 'UTF8'), create_revision, prev_revision, version, deleted,"
                        + " coalesce(split_part(convert_from(substr(value, 1, 60), 'UTF8'), ' ', 1), '') FROM jakube.kv_log ORDER BY revision, sub")) {
            while (rows.next()) {
                history.add(new History.Row(rows.getLong(1), rows.getInt(2), rows.getString(3), rows.getLong(4), rows.getLong(5), rows.getLong(6), rows.getBoolean(7),
                        rows.getBoolean(7) ? "" : rows.getString(8)));
            }
        }
        return history;
    }

    @Override
    public void close() {
        workers.forEach(WorkerProcess::kill);
        proxies.values().forEach(TcpProxy::close);
        replication.close();
        pair.close();
    }
}
