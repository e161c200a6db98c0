package io.jakube.common.informer;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.api.ObjectKey;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The cache behind an informer: one writer at a time (the informer holds its lock), any number of readers. */
final class ObjectCache<T extends HasMetadata> implements Lister<T> {
    private final Map<ObjectKey, T> objects = new ConcurrentHashMap<>();
    private final Index<T> byNamespace = new Index<>(o -> Set.of(namespaceOf(o)));
    private final Map<String, Index<T>> indexes = new ConcurrentHashMap<>();

    static ObjectKey keyOf(HasMetadata object) {
        return new ObjectKey(namespaceOf(object), object.getMetadata().getName());
    }

    private static String namespaceOf(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        return namespace == null ? "" : namespace;
    }

    void addIndex(String name, Function<? super T, ? extends Collection<String>> values) {
        Index<T> index = new Index<>(values);
        objects.forEach((key, object) -> index.put(key, null, object));
        if (indexes.putIfAbsent(name, index) != null) {
            throw new IllegalArgumentException("index " + name + " exists");
        }
    }

    boolean hasIndex(String name) {
        return indexes.containsKey(name);
    }

    @Nullable T put(ObjectKey key, T object) {
        T old = objects.put(key, object);
        byNamespace.put(key, old, object);
        for (Index<T> index : indexes.values()) {
            index.put(key, old, object);
        }
        return old;
    }

    @Nullable T remove(ObjectKey key) {
        T old = objects.remove(key);
        if (old != null) {
            byNamespace.remove(key, old);
            for (Index<T> index : indexes.values()) {
                index.remove(key, old);
            }
        }
        return old;
    }

    @Nullable T find(ObjectKey key) {
        return objects.get(key);
    }

    Set<ObjectKey> keys() {
        return objects.keySet();
    }

    @Override
    public Optional<T> get(ObjectKey key) {
        return Optional.ofNullable(objects.get(key));
    }

    @Override
    public Collection<T> list() {
        return Collections.unmodifiableCollection(objects.values());
    }

    @Override
    public Collection<T> namespace(String namespace) {
        return byNamespace.get(namespace);
    }

    @Override
    public Collection<T> byIndex(String index, String value) {
        Index<T> found = indexes.get(index);
        if (found == null) {
            throw new IllegalArgumentException("no index " + index);
        }
        return found.get(value);
    }

    /** Objects by the values a function gives for them. */
    private static final class Index<T> {
        private final Function<? super T, ? extends Collection<String>> values;
        private final Map<String, Map<ObjectKey, T>> entries = new ConcurrentHashMap<>();

        Index(Function<? super T, ? extends Collection<String>> values) {
            this.values = values;
        }

        void put(ObjectKey key, @Nullable T old, T object) {
            Collection<String> now = values.apply(object);
            if (old != null) {
                for (String value : values.apply(old)) {
                    if (!now.contains(value)) {
                        drop(key, value);
                    }
                }
            }
            for (String value : now) {
                entries.computeIfAbsent(value, v -> new ConcurrentHashMap<>(4)).put(key, object);
            }
        }

        void remove(ObjectKey key, T old) {
            for (String value : values.apply(old)) {
                drop(key, value);
            }
        }

        private void drop(ObjectKey key, String value) {
            entries.computeIfPresent(value, (v, map) -> {
                map.remove(key);
                return map.isEmpty() ? null : map;
            });
        }

        Collection<T> get(String value) {
            Map<ObjectKey, T> found = entries.get(value);
            return found == null ? Collections.emptyList() : Collections.unmodifiableCollection(found.values());
        }
    }
}
