package io.jakube.common.informer;

/**
 * Told about changes of an informer's cache, after the cache has them, in revision order on the feed's thread.
 * Must be quick and must not wait for the informer; usually it adds a key to a work queue. What it throws is logged.
 */
public interface EventHandler<T> {
    /** An object appeared. Objects known when the handler is added are announced by this, too. */
    void onAdd(T object);

    /** An object changed. */
    void onUpdate(T old, T object);

    /** An object is gone. @param last its last known state */
    void onDelete(T last);

    /** A handler that treats all three alike; for updates it gets the new state. */
    static <T> EventHandler<T> forEach(java.util.function.Consumer<? super T> action) {
        return new EventHandler<>() {
            @Override
            public void onAdd(T object) {
                action.accept(object);
            }

            @Override
            public void onUpdate(T old, T object) {
                action.accept(object);
            }

            @Override
            public void onDelete(T last) {
                action.accept(last);
            }
        };
    }
}
