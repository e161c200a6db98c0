package io.jakube.common.informer;

import io.jakube.common.api.GroupResource;
import java.util.List;

/**
 * Where an informer's objects come from: the HTTP watch on nodes, the shared table inside the control plane.
 *
 * <p>Implementations own list, resume and re-list: when history was compacted, a connection was lost or the store
 * failed over, they call {@link Sink#replace} again with the full truth. Calls to one sink come from one thread at a
 * time, in revision order, each object change once. They retry for ever with back-off and jitter; nothing is thrown to the sink.
 */
public interface InformerSource {
    /**
     * Starts feeding the sink.
     *
     * @param resource what to follow
     * @param filter server-side restriction; {@link Filter#NONE} for all
     * @return a handle whose {@code close} stops the feed and returns when no further call is under way
     */
    AutoCloseable start(GroupResource resource, Filter filter, Sink sink);

    /**
     * A restriction, evaluated where the data is.
     *
     * @param namespace empty for all namespaces
     * @param fieldSelector in API syntax, empty for none; sources inside the control plane evaluate the registry's selectable fields
     * @param labelSelector in API syntax, empty for none
     */
    record Filter(String namespace, String fieldSelector, String labelSelector) {
        public static final Filter NONE = new Filter("", "", "");
    }

    /**
     * One object at one revision.
     *
     * @param resourceVersion revision at which it got this content, or was deleted
     * @param json the object as canonical JSON including {@code metadata.resourceVersion}; for a deletion its last state
     */
    record Item(long resourceVersion, byte[] json) {}

    /** The receiver; an informer. */
    interface Sink {
        /** The whole truth at {@code revision}; what the informer had and this list has not is gone. */
        void replace(List<Item> items, long revision);

        /** One change. */
        void apply(EventType type, Item item);

        /** Nothing up to and including {@code revision} is outstanding for this feed. */
        void progress(long revision);
    }
}
