package io.jakube.common.events;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.jakube.common.client.ApiClient;
import io.jakube.common.client.PatchType;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records events as {@code core/v1} objects in the namespace of what they regard ({@code default} for cluster-scoped objects). One virtual
 * thread sends; up to 1000 wait for it, and what comes while the queue is full is dropped. Repetition is tamed by {@link EventCorrelator}.
 */
public final class ApiEventRecorder implements EventRecorder, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiEventRecorder.class);

    private final ApiClient client;
    private final String component;
    private final String host;
    private final InstantSource clock;
    private final EventCorrelator correlator = new EventCorrelator();
    private final BlockingQueue<EventCorrelator.Occurrence> queue = new ArrayBlockingQueue<>(1000);
    private final Thread thread;
    /** Makes names unique; of the sending thread. */
    private long lastStamp;

    /**
     * @param component who reports, for example {@code kubelet}
     * @param host node name, empty for components without a node
     */
    public ApiEventRecorder(ApiClient client, String component, String host, InstantSource clock) {
        this.client = requireNonNull(client, "client is null");
        this.component = requireNonNull(component, "component is null");
        this.host = requireNonNull(host, "host is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.thread = Thread.ofVirtual().name("events").start(this::run);
    }

    @Override
    public void record(ObjectReference regarding, Type type, String reason, String message) {
        if (!queue.offer(new EventCorrelator.Occurrence(regarding, type, reason, message))) {
            log.debug("Dropped event {} of {}/{}", reason, regarding.getNamespace(), regarding.getName());
        }
    }

    private void run() {
        try {
            while (true) {
                EventCorrelator.Occurrence occurrence = queue.take();
                EventCorrelator.Outcome outcome = correlator.correlate(occurrence, clock.instant());
                if (outcome != null) {
                    send(outcome);
                }
            }
        } catch (InterruptedException e) {
            log.debug("Event recorder of {} stopped", component);
        }
    }

    private void send(EventCorrelator.Outcome outcome) {
        try {
            if (outcome.earlier().name.isEmpty() || !countUp(outcome)) {
                create(outcome);
            }
        } catch (ApiException | UncheckedIOException e) {
            log.debug("Event {} of {} could not be recorded: {}", outcome.occurrence().reason(), outcome.occurrence().regarding().getName(), e.getMessage());
        }
    }

    /** @return false where the earlier event is gone */
    private boolean countUp(EventCorrelator.Outcome outcome) {
        ObjectNode patch = Json.object().put("count", outcome.earlier().count).put("message", outcome.occurrence().message()).put("lastTimestamp", now().toString());
        try {
            client.patch(Event.class, namespace(outcome.occurrence().regarding()), outcome.earlier().name, "", PatchType.MERGE, patch);
            return true;
        } catch (ApiException e) {
            if (e.code() != 404) {
                throw e;
            }
            return false;
        }
    }

    private void create(EventCorrelator.Outcome outcome) {
        EventCorrelator.Occurrence occurrence = outcome.occurrence();
        ObjectReference regarding = occurrence.regarding();
        Instant instant = clock.instant();
        lastStamp = Math.max(lastStamp + 1, instant.getEpochSecond() * 1_000_000_000 + instant.getNano());
        String name = regarding.getName() + "." + Long.toHexString(lastStamp);
        Event event = new EventBuilder()
                .withNewMetadata().withNamespace(namespace(regarding)).withName(name).endMetadata()
                .withInvolvedObject(regarding)
                .withType(occurrence.type().text())
                .withReason(occurrence.reason())
                .withMessage(occurrence.message().length() > 1024 ? occurrence.message().substring(0, 1024) : occurrence.message())
                .withNewSource().withComponent(component).withHost(host.isEmpty() ? null : host).endSource()
                .withReportingComponent(component)
                .withReportingInstance(host)
                .withFirstTimestamp(outcome.earlier().first.truncatedTo(ChronoUnit.SECONDS).toString())
                .withLastTimestamp(now().toString())
                .withCount(outcome.earlier().count)
                .build();
        client.create(event);
        outcome.earlier().name = name;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static String namespace(ObjectReference regarding) {
        return regarding.getNamespace() == null || regarding.getNamespace().isEmpty() ? "default" : regarding.getNamespace();
    }

    /** Stops; events still waiting are lost. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
