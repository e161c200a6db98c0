package io.jakube.db;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What operators and front ends ask of a store beside keys and values. Thread-safe; calls may throw {@link StoreException.Unavailable}. */
public interface StoreAdministration {
    /** Which database this is: the same for all processes on it, and for as long as it lives. Positive. */
    long clusterId();

    /** Bytes the database takes. */
    long sizeBytes();

    /** Bytes of the tables of the store and their indexes, the free room in them included. */
    long tableBytes();

    /**
     * A hash over the history that is kept, up to a revision. Stores with the same history have the same hash.
     *
     * @param revision 0 for the latest
     */
    int hash(long revision);

    /** Says that a process serves this store. To be repeated regularly. */
    void announce(Member member);

    /** Says that a process serves no more. */
    void retire(long memberId);

    /**
     * The processes that serve the store, by the time they started.
     *
     * @param age those that were not heard of for longer are left out
     */
    List<Member> members(Duration age);

    /**
     * A process that serves the store.
     *
     * @param id unique among processes, positive
     * @param name chosen by people, need not be unique
     * @param clientUrls where clients reach it
     * @param startedAt when it began, by the database's clock; ignored when announced
     */
    record Member(long id, String name, List<String> clientUrls, Instant startedAt) {
        public Member {
            clientUrls = List.copyOf(clientUrls);
        }
    }
}
