package io.jakube.agent.dns;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/**
 * Remembers upstream answers for as long as their records say, at most {@link #LONGEST_SECONDS}; the least recently used go first when it is full.
 * Thread-safe behind one lock, which is held for a map access only.
 */
final class AnswerCache {
    static final long LONGEST_SECONDS = 30;
    private static final int CAPACITY = 10_000;

    private final InstantSource clock;
    private final Map<Question, Kept> entries = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Kept> eldest) {
            return size() > CAPACITY;
        }
    };

    /** What makes answers differ. @param dnssec whether the client asked for signatures */
    record Question(Name name, int type, boolean dnssec) {}

    private record Kept(Message message, long expiresMillis) {}

    AnswerCache(InstantSource clock) {
        this.clock = clock;
    }

    synchronized Optional<Message> find(Question question) {
        Kept entry = entries.get(question);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.expiresMillis() <= clock.millis()) {
            entries.remove(question);
            return Optional.empty();
        }
        return Optional.of(entry.message());
    }

    synchronized void put(Question question, Message message) {
        long seconds = lifetime(message);
        if (seconds > 0) {
            entries.put(question, new Kept(message, clock.millis() + seconds * 1000));
        }
    }

    /** The shortest of its records, or of a negative answer what the zone's SOA says (RFC 2308); a negative answer without one is not kept. */
    private static long lifetime(Message message) {
        long seconds = LONGEST_SECONDS;
        boolean any = false;
        for (Record record : message.getSection(Section.ANSWER)) {
            seconds = Math.min(seconds, record.getTTL());
            any = true;
        }
        if (!any) {
            for (Record record : message.getSection(Section.AUTHORITY)) {
                if (record instanceof SOARecord soa) {
                    return Math.min(seconds, Math.min(soa.getTTL(), soa.getMinimum()));
                }
            }
            return 0;
        }
        return seconds;
    }
}
