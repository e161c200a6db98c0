package io.jakube.launcher.component;

import io.jakube.launcher.layout.Distribution;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What all Java processes of the cluster are started with: few threads and little memory while idle, quick to start. */
final class JavaProcess {
    /** glibc would give each thread its own heap, and hardly return any of it. */
    static final Map<String, String> ENVIRONMENT = Map.of("MALLOC_ARENA_MAX", "2");

    /**
     * Threads that carry virtual threads. A virtual thread that waits while it loads a class keeps its carrier; with one carrier per processor of a small
     * machine, a few such can wait for a lock whose holder then finds no carrier to go on with.
     */
    private static final int CARRIERS = Math.max(16, 2 * Runtime.getRuntime().availableProcessors());

    private JavaProcess() {}

    /**
     * The program and its options.
     *
     * @param archive where the classes are kept in parsed form, so that the next process loads them faster
     * @param initialHeapMiB heap to start with; less costs collections while starting
     * @param maxHeapMiB heap not to be exceeded
     * @param classesMiB memory of classes at which a full collection looks for unused ones; less than is in use once ready costs several while starting
     * @param codeCacheMiB room for compiled code
     */
    static List<String> command(Path archive, int initialHeapMiB, long maxHeapMiB, int classesMiB, int codeCacheMiB) {
        return List.of(
                Distribution.java().toString(),
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-XX:-UsePerfData",
                "-Xms" + initialHeapMiB + "m",
                "-Xmx" + maxHeapMiB + "m",
                "-XX:MetaspaceSize=" + classesMiB + "m",
                "-Xss512k",
                "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=20",
                "-XX:ReservedCodeCacheSize=" + codeCacheMiB + "m",
                // Written when the process ends, unless the archive is there and fits. What is wrong with it is no reason to complain, let alone to fail.
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + archive,
                "-Xlog:disable",
                "-Djdk.virtualThreadScheduler.parallelism=" + CARRIERS,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow");
    }
}
