package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import io.jakube.db.StoreAdministration;
import io.jakube.db.StoreAdministration.Member;
import io.jakube.db.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This front and the others over the same database: each says regularly that it is there. */
public final class Membership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final long BEAT_SECONDS = 5;
    private static final Duration AGE = Duration.ofSeconds(4 * BEAT_SECONDS);

    private final StoreAdministration administration;
    private final Member self;

    /** Announces itself from now on. */
    public Membership(StoreAdministration administration, long id, String name, List<String> clientUrls, ScheduledExecutorService timer) {
        this.administration = requireNonNull(administration, "administration is null");
        this.self = new Member(id, name, clientUrls, Instant.EPOCH);
        timer.scheduleWithFixedDelay(this::beat, 0, BEAT_SECONDS, TimeUnit.SECONDS);
    }

    private void beat() {
        try {
            administration.announce(self);
        } catch (StoreException e) {
            LOG.debug("This member could not be announced: {}", e.getMessage());
        }
    }

    /** All members, the longest-serving first; this one among them. */
    List<Member> all() {
        List<Member> members = administration.members(AGE);
        return members.stream().anyMatch(member -> member.id() == self.id()) ? members : java.util.stream.Stream.concat(members.stream(), java.util.stream.Stream.of(self)).toList();
    }

    /** All members serve alike; the longest-serving is shown as the leader to clients that look for one. */
    long leader() {
        return all().getFirst().id();
    }

    @Override
    public void close() {
        try {
            administration.retire(self.id());
        } catch (StoreException e) {
            LOG.debug("This member could not say that it ends: {}", e.getMessage());
        }
    }
}
