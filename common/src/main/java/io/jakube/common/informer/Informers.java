package io.jakube.common.informer;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The informers of one process, one per type and filter, all fed by one source. Ask for them, add handlers and indexes, then {@link #start}.
 * Thread-safe; informers asked for later start at once.
 */
public final class Informers implements AutoCloseable {
    private record Key(Class<?> type, InformerSource.Filter filter) {}

    private final InformerSource source;
    private final Map<Key, Informer<?>> informers = new LinkedHashMap<>();
    private boolean started;

    public Informers(InformerSource source) {
        this.source = requireNonNull(source, "source is null");
    }

    /** What feeds them. */
    public InformerSource source() {
        return source;
    }

    public <T extends HasMetadata> Informer<T> informer(Class<T> type) {
        return informer(type, InformerSource.Filter.NONE);
    }

    /** The informer of a type and filter, created on first use; it drops {@code managedFields}. */
    @SuppressWarnings("unchecked")
    public synchronized <T extends HasMetadata> Informer<T> informer(Class<T> type, InformerSource.Filter filter) {
        return (Informer<T>) informers.computeIfAbsent(new Key(type, filter), key -> {
            Informer<T> created = new Informer<>(type, filter, Informer::dropManagedFields);
            return started ? created.start(source) : created;
        });
    }

    /** Starts all feeds. Calling it again does nothing. */
    public synchronized void start() {
        if (!started) {
            started = true;
            informers.values().forEach(informer -> informer.start(source));
        }
    }

    /**
     * Waits until all informers have synced.
     *
     * @return names of the resources that have not within the time, empty if all have
     */
    public List<String> awaitSync(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        for (Informer<?> informer : all()) {
            informer.awaitSync(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
        return all().stream().filter(i -> !i.hasSynced()).map(i -> i.resource().toString()).collect(Collectors.toList());
    }

    /** The informers so far of a type, whatever their filter. */
    public synchronized List<Informer<?>> of(Class<?> type) {
        List<Informer<?>> found = new ArrayList<>(1);
        informers.forEach((key, informer) -> {
            if (key.type() == type) {
                found.add(informer);
            }
        });
        return found;
    }

    /** All informers so far. */
    public synchronized List<Informer<?>> all() {
        return List.copyOf(informers.values());
    }

    @Override
    public void close() {
        all().forEach(Informer::close);
    }
}
