package io.jakube.controller.runtime;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.client.ApiClient;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.informer.Informer;
import io.jakube.common.informer.Informers;
import io.jakube.common.status.ApiException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs plans, announces what they did, and returns when the informers have seen it: the next decision about the key reads its own
 * writes. Thread-safe.
 */
public final class PlanExecutor {
    private static final Logger log = LoggerFactory.getLogger(PlanExecutor.class);
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(10);

    private final ApiClient client;
    private final Informers informers;
    private final EventRecorder events;
    private final Executor parallel;

    /** @param parallel runs the writes of one step; must not bound them below one */
    public PlanExecutor(ApiClient client, Informers informers, EventRecorder events, Executor parallel) {
        this.client = requireNonNull(client, "client is null");
        this.informers = requireNonNull(informers, "informers is null");
        this.events = requireNonNull(events, "events is null");
        this.parallel = requireNonNull(parallel, "parallel is null");
    }

    /** Something the informers of a type have yet to see: a revision, or (0) that the object is deleted or being deleted. */
    private record Outstanding(Class<? extends HasMetadata> type, String namespace, String name, String uid, long revision) {}

    /**
     * @throws RuntimeException the first failure, after the plan's {@code onFailure} writes
     * @throws InterruptedException if interrupted while waiting for the informers
     */
    public void execute(Plan plan) throws InterruptedException {
        ConcurrentLinkedQueue<Outstanding> outstanding = new ConcurrentLinkedQueue<>();
        try {
            try {
                for (Plan.Step step : plan.steps()) {
                    perform(step, outstanding);
                }
            } catch (RuntimeException failure) {
                for (Write write : plan.onFailure().apply(failure)) {
                    perform(write, outstanding);
                }
                throw failure;
            }
        } finally {
            awaitSeen(outstanding);
        }
    }

    private void perform(Plan.Step step, ConcurrentLinkedQueue<Outstanding> outstanding) {
        List<Write> writes = step.writes();
        int size = step.slowStart() ? 1 : writes.size();
        for (int done = 0; done < writes.size(); size *= 2) {
            List<Write> batch = writes.subList(done, Math.min(writes.size(), done + size));
            performTogether(batch, outstanding);
            done += batch.size();
        }
    }

    private void performTogether(List<Write> writes, ConcurrentLinkedQueue<Outstanding> outstanding) {
        if (writes.size() == 1) {
            perform(writes.getFirst(), outstanding);
            return;
        }
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (Write write : writes) {
            running.add(CompletableFuture.runAsync(() -> perform(write, outstanding), parallel));
        }
        RuntimeException first = null;
        for (CompletableFuture<Void> write : running) {
            try {
                write.join();
            } catch (CompletionException e) {
                RuntimeException failure = e.getCause() instanceof RuntimeException cause ? cause : e;
                first = first == null ? failure : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void perform(Write write, ConcurrentLinkedQueue<Outstanding> outstanding) {
        try {
            Outstanding result = send(write);
            if (result != null) {
                outstanding.add(result);
                Write.Announcement announcement = write.announcement();
                if (announcement != null) {
                    events.normal(announcement.regarding(), announcement.reason(), announcement.message().replace("%s", result.name()));
                }
            }
        } catch (RuntimeException e) {
            Write.Announcement announcement = write.announcement();
            if (announcement != null && !announcement.failureReason().isEmpty()) {
                events.warning(announcement.regarding(), announcement.failureReason(), announcement.failureMessage().replace("%s", String.valueOf(e.getMessage())));
            }
            throw e;
        }
    }

    private @Nullable Outstanding send(Write write) {
        try {
            return switch (write) {
                case Write.Create create -> written(client.create(create.object()));
                case Write.Update update -> written(client.update(update.object()));
                case Write.UpdateStatus status -> written(client.updateStatus(status.object()));
                case Write.Patch patch -> written(client.patch(patch.type(), patch.namespace(), patch.name(), patch.subresource(), patch.patchType(), patch.patch()));
                case Write.Delete delete -> deleted(delete, client.delete(delete.type(), delete.namespace(), delete.name(), delete.options()));
                case Write.DeletePath delete -> {
                    client.delete(delete.path(), delete.options());
                    yield null;
                }
                case Write.Request request -> {
                    client.request(request.method(), request.path(), request.body(), request.contentType());
                    yield null;
                }
            };
        } catch (ApiException e) {
            boolean fine = switch (write) {
                case Write.Create create -> create.tolerateExisting() && e.is("AlreadyExists") || isNamespaceTerminating(e);
                case Write.Delete delete -> isGone(e, delete.options());
                case Write.DeletePath delete -> isGone(e, delete.options());
                case Write.Request request -> e.code() == 404;
                case Write.Patch patch -> e.code() == 404;
                case Write.Update update -> false;
                case Write.UpdateStatus status -> e.code() == 404;
            };
            if (fine) {
                return null;
            }
            throw e;
        }
    }

    /** Nothing new can be made in a namespace that is being deleted, and trying again will not help. */
    private static boolean isNamespaceTerminating(ApiException e) {
        return e.code() == 403 && e.causes().stream().anyMatch(cause -> cause.reason().equals("NamespaceTerminating"));
    }

    private static boolean isGone(ApiException e, DeleteOptions options) {
        return e.code() == 404 || e.code() == 409 && !options.uid().isEmpty() && options.resourceVersion().isEmpty();
    }

    private static Outstanding written(HasMetadata object) {
        String version = object.getMetadata().getResourceVersion();
        return new Outstanding(object.getClass(), namespace(object), object.getMetadata().getName(), object.getMetadata().getUid(), version == null ? 0 : Long.parseLong(version));
    }

    private static Outstanding deleted(Write.Delete delete, JsonNode answer) {
        return new Outstanding(delete.type(), delete.namespace(), delete.name(), answer.path("metadata").path("uid").asText(delete.options().uid()), 0);
    }

    private static String namespace(HasMetadata object) {
        return object.getMetadata().getNamespace() == null ? "" : object.getMetadata().getNamespace();
    }

    private void awaitSeen(Iterable<Outstanding> outstanding) throws InterruptedException {
        for (Outstanding one : outstanding) {
            for (Informer<?> informer : informers.of(one.type())) {
                boolean seen = one.revision() > 0
                        ? informer.awaitRevision(one.revision(), SEEN_WITHIN)
                        : informer.await(() -> isGone(informer, one), SEEN_WITHIN);
                if (!seen) {
                    log.warn("The informer of {} did not see a write to {}/{} within {} s", informer.resource(), one.namespace(), one.name(), SEEN_WITHIN.toSeconds());
                }
            }
        }
    }

    private static boolean isGone(Informer<?> informer, Outstanding one) {
        HasMetadata cached = informer.lister().get(one.namespace(), one.name()).orElse(null);
        return cached == null || cached.getMetadata().getDeletionTimestamp() != null
                || !one.uid().isEmpty() && !one.uid().equals(cached.getMetadata().getUid());
    }
}
