package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.jakube.common.status.ApiException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one pod's status: at once when nothing is being written, otherwise the newest when that write is over, so that a busy pod costs one
 * request at a time. A failed write is repeated with growing pauses up to 10 seconds until it succeeds, is outdated, or the pod is gone. Thread-safe.
 */
final class PodStatusWriter {
    private static final Logger LOG = LoggerFactory.getLogger(PodStatusWriter.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(10);

    private record Pending(Pod pod, PodStatus status) {}

    private final PodApi api;
    private final Runnable settled;
    private PodStatus written;
    private @Nullable Pending pending;
    private boolean writing;
    private boolean gone;

    /**
     * @param initial what the API has
     * @param settled called when everything submitted has been written
     */
    PodStatusWriter(PodApi api, PodStatus initial, Runnable settled) {
        this.api = requireNonNull(api, "api is null");
        this.written = requireNonNull(initial, "initial is null");
        this.settled = requireNonNull(settled, "settled is null");
    }

    synchronized void submit(Pod pod, PodStatus status) {
        PodStatus latest = pending == null ? written : pending.status();
        if (gone || status.equals(latest) && !(pending == null && writing)) {
            return;
        }
        pending = new Pending(pod, status);
        if (!writing) {
            writing = true;
            Thread.ofVirtual().name("status-" + pod.getMetadata().getName()).start(this::drain);
        }
    }

    /** The API has what was submitted last, or the pod is gone. */
    synchronized boolean isSettled() {
        return gone || pending == null && !writing;
    }

    private void drain() {
        Duration pause = FIRST_PAUSE;
        while (true) {
            Pending next;
            PodStatus before;
            synchronized (this) {
                next = pending;
                before = written;
                pending = null;
                if (next == null || next.status().equals(written)) {
                    writing = false;
                    break;
                }
            }
            try {
                api.patchStatus(next.pod(), StatusPatch.of(next.pod().getMetadata().getUid(), before, next.status()));
                synchronized (this) {
                    written = next.status();
                }
                pause = FIRST_PAUSE;
            } catch (RuntimeException e) {
                if (e instanceof ApiException refused && (refused.code() == 404 || refused.code() == 409 || refused.code() == 422 || refused.code() == 403)) {
                    if (refused.code() != 404) {
                        LOG.warn("The status of pod {} was refused: {}", PodSpecs.format(next.pod()), e.getMessage());
                    }
                    synchronized (this) {
                        gone |= refused.code() == 404 || refused.code() == 409;
                        written = next.status();
                    }
                    continue;
                }
                LOG.debug("Writing the status of pod {} failed and is tried again: {}", PodSpecs.format(next.pod()), e.toString());
                synchronized (this) {
                    if (pending == null) {
                        pending = next;
                    }
                }
                if (!sleep(pause)) {
                    return;
                }
                pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) > 0 ? LAST_PAUSE : pause.multipliedBy(2);
            }
        }
        settled.run();
    }

    private static boolean sleep(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
