package io.jakube.common.events;

import io.fabric8.kubernetes.api.model.ObjectReference;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps repeated events from flooding the API, with the rules of client-go's correlator:
 * <ul>
 *   <li>per object: at most 25 events at once, then one every five minutes; further ones are dropped;
 *   <li>more than ten different messages of one reason for an object within ten minutes become one "combined" event;
 *   <li>an event equal to an earlier one raises that one's count.
 * </ul>
 * Remembers the 4096 most recently used of each. Not thread-safe: the recorder's thread owns it.
 */
final class EventCorrelator {
    private static final int REMEMBERED = 4096;
    private static final double BURST = 25;
    private static final double PER_SECOND = 1.0 / 300;
    private static final int MAX_SIMILAR = 10;
    private static final Duration SIMILAR_WITHIN = Duration.ofMinutes(10);

    /** Something to say about an object. */
    record Occurrence(ObjectReference regarding, EventRecorder.Type type, String reason, String message) {}

    /** An event that was sent, to be counted up. */
    static final class Sent {
        String name = "";
        int count;
        Instant first = Instant.MIN;
    }

    /**
     * What to send.
     *
     * @param earlier what is known of an equal event; its name is empty if none was sent yet
     */
    record Outcome(Occurrence occurrence, Sent earlier) {}

    private record ObjectId(String kind, String namespace, String name, String uid) {}

    private record SimilarKey(ObjectId object, EventRecorder.Type type, String reason) {}

    private record EqualKey(ObjectId object, String fieldPath, EventRecorder.Type type, String reason, String message) {}

    private static final class Bucket {
        double tokens = BURST;
        Instant filled;

        Bucket(Instant now) {
            filled = now;
        }
    }

    private static final class Similar {
        final Set<String> messages = new HashSet<>();
        Instant last;

        Similar(Instant now) {
            last = now;
        }
    }

    private static final class Recent<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;

        Recent() {
            super(64, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > REMEMBERED;
        }
    }

    private final Map<ObjectId, Bucket> buckets = new Recent<>();
    private final Map<SimilarKey, Similar> similar = new Recent<>();
    private final Map<EqualKey, Sent> sent = new Recent<>();

    /** @return null where the event is to be dropped */
    @Nullable Outcome correlate(Occurrence occurrence, Instant now) {
        ObjectReference regarding = occurrence.regarding();
        ObjectId object = new ObjectId(text(regarding.getKind()), text(regarding.getNamespace()), text(regarding.getName()), text(regarding.getUid()));
        Similar group = similar.computeIfAbsent(new SimilarKey(object, occurrence.type(), occurrence.reason()), k -> new Similar(now));
        if (Duration.between(group.last, now).compareTo(SIMILAR_WITHIN) > 0) {
            group.messages.clear();
        }
        group.last = now;
        Occurrence effective = occurrence;
        if (group.messages.size() >= MAX_SIMILAR && !group.messages.contains(occurrence.message())) {
            effective = new Occurrence(regarding, occurrence.type(), occurrence.reason(), "(combined from similar events): " + occurrence.message());
        } else {
            group.messages.add(occurrence.message());
        }
        if (!allowed(object, now)) {
            return null;
        }
        String message = effective == occurrence ? occurrence.message() : "(combined)";
        Sent earlier = sent.computeIfAbsent(new EqualKey(object, text(regarding.getFieldPath()), occurrence.type(), occurrence.reason(), message), k -> new Sent());
        earlier.count++;
        if (earlier.count == 1) {
            earlier.first = now;
        }
        return new Outcome(effective, earlier);
    }

    private boolean allowed(ObjectId object, Instant now) {
        Bucket bucket = buckets.computeIfAbsent(object, k -> new Bucket(now));
        bucket.tokens = Math.min(BURST, bucket.tokens + Duration.between(bucket.filled, now).toMillis() / 1000.0 * PER_SECOND);
        bucket.filled = now;
        if (bucket.tokens < 1) {
            return false;
        }
        bucket.tokens--;
        return true;
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
