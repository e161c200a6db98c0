package io.jakube.db.etcd.gateway;

import static java.util.Objects.requireNonNull;

import io.jakube.db.KeyValueStore;
import io.jakube.db.etcd.api.StatusResponse;
import io.jakube.db.etcd.v3.MaintenanceService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What people watch of an etcd member, under etcd's names, in Prometheus' text format. */
public final class MemberMetrics {
    private static final long PAGE_BYTES = 4096;

    private final KeyValueStore store;
    private final MaintenanceService maintenance;

    public MemberMetrics(KeyValueStore store, MaintenanceService maintenance) {
        this.store = requireNonNull(store, "store is null");
        this.maintenance = requireNonNull(maintenance, "maintenance is null");
    }

    String text() {
        StatusResponse status = maintenance.status();
        StringBuilder text = new StringBuilder();
        gauge(text, "etcd_server_has_leader", "Whether a leader exists.", 1);
        gauge(text, "etcd_server_is_leader", "Whether this member is shown as the leader.", status.getLeader() == status.getHeader().getMemberId() ? 1 : 0);
        gauge(text, "etcd_mvcc_db_total_size_in_bytes", "Bytes the database takes.", status.getDbSize());
        gauge(text, "etcd_mvcc_db_total_size_in_use_in_bytes", "Bytes of the store's tables and indexes.", status.getDbSizeInUse());
        gauge(text, "etcd_debugging_mvcc_current_revision", "The latest revision.", status.getHeader().getRevision());
        gauge(text, "etcd_debugging_mvcc_compact_revision", "Revisions below this one are gone.", store.compactRevision());
        gauge(text, "process_resident_memory_bytes", "Memory of this process.", residentBytes());
        return text.append("# HELP etcd_server_version The version whose API this is.\n# TYPE etcd_server_version gauge\netcd_server_version{server_version=\"")
                .append(MaintenanceService.VERSION).append("\"} 1\n").toString();
    }

    private static void gauge(StringBuilder text, String name, String help, long value) {
        text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(" gauge\n").append(name).append(' ').append(value).append('\n');
    }

    private static long residentBytes() {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE_BYTES;
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }
}
