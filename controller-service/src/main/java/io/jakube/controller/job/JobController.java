package io.jakube.controller.job;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Lister;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.OwnedPods;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Runs Jobs, and deletes finished ones when their time to live is over. */
public final class JobController {
    private static final String OURSELVES = "kubernetes.io/job-controller";

    private final Lister<Job> jobs;
    private final Lister<Pod> pods;
    private final InstantSource clock;
    private final EventRecorder events;

    public JobController(ControllerScope scope) {
        Claims.index(scope, Pod.class);
        jobs = scope.lister(Job.class);
        pods = scope.lister(Pod.class);
        clock = scope.clock();
        events = scope.events();
        ReconcileLoop loop = scope.loop("job", 5, this::reconcile);
        ReconcileLoop ttl = scope.loop("ttl-after-finished", 1, this::expire);
        scope.watchInto(Job.class, loop);
        OwnedPods.watchInto(scope, loop, "batch", "Job", jobs, (job, pod) -> LabelSelectors.matches(job.getSpec().getSelector(), pod.getMetadata().getLabels()));
        scope.watch(Job.class, new EventHandler<Job>() {
            @Override
            public void onAdd(Job job) {
                if (job.getSpec().getTtlSecondsAfterFinished() != null && JobConditions.finishedAt(job).isPresent()) {
                    ttl.add(ControllerScope.keyOf(job));
                }
            }

            @Override
            public void onUpdate(Job old, Job job) {
                onAdd(job);
                announce(old, job);
            }

            @Override
            public void onDelete(Job last) {}
        });
        scope.watch(Pod.class, new EventHandler<Pod>() {
            @Override
            public void onAdd(Pod pod) {
                // A tracked pod whose job is gone would stay for ever: nobody counts it.
                if (JobPods.isTracked(pod)) {
                    OwnerReferences.controllerName(pod, "batch", "Job").filter(name -> jobs.get(pod.getMetadata().getNamespace(), name).isEmpty())
                            .ifPresent(name -> loop.add(new ObjectKey(pod.getMetadata().getNamespace(), name)));
                }
            }

            @Override
            public void onUpdate(Pod old, Pod pod) {
                onAdd(pod);
            }

            @Override
            public void onDelete(Pod last) {}
        });
    }

    private Plan reconcile(ObjectKey key) {
        Job job = jobs.get(key).orElse(null);
        if (job == null) {
            return Plan.builder().together(pods.namespace(key.namespace()).stream()
                    .filter(pod -> JobPods.isTracked(pod) && OwnerReferences.controllerName(pod, "batch", "Job").filter(key.name()::equals).isPresent()).map(JobPods::untrack).toList()).build();
        }
        String manager = job.getSpec().getManagedBy();
        if (manager != null && !manager.equals(OURSELVES)) {
            return Plan.NOTHING;
        }
        Claims<Pod> claims = Claims.of(job, Claims.candidates(pods, job), pod -> LabelSelectors.matches(job.getSpec().getSelector(), pod.getMetadata().getLabels()));
        if (!claims.writes().isEmpty()) {
            return Plan.builder().together(claims.writes()).build();
        }
        if (job.getMetadata().getDeletionTimestamp() != null) {
            List<Write> untracking = claims.owned().stream().filter(JobPods::isTracked).map(JobPods::untrack).toList();
            return Plan.builder().together(untracking).build();
        }
        return JobDecision.decide(job, claims.owned(), clock.instant());
    }

    private void announce(Job old, Job job) {
        for (JobCondition condition : JobConditions.of(job)) {
            boolean known = JobConditions.of(old).stream().anyMatch(c -> c.getType().equals(condition.getType()) && c.getStatus().equals(condition.getStatus()));
            if (!known) {
                switch (condition.getType()) {
                    case JobConditions.COMPLETE -> events.normal(job, "Completed", "Job completed");
                    case JobConditions.FAILED -> events.warning(job, condition.getReason(), condition.getMessage());
                    case JobConditions.SUSPENDED -> events.normal(job, condition.getStatus().equals("True") ? "Suspended" : "Resumed", condition.getMessage());
                    default -> { }
                }
            }
        }
    }

    private Plan expire(ObjectKey key) {
        Job job = jobs.get(key).orElse(null);
        Optional<Instant> finished = job == null ? Optional.empty() : JobConditions.finishedAt(job);
        if (job == null || finished.isEmpty() || job.getSpec().getTtlSecondsAfterFinished() == null || job.getMetadata().getDeletionTimestamp() != null) {
            return Plan.NOTHING;
        }
        Duration left = Duration.between(clock.instant(), finished.get().plusSeconds(job.getSpec().getTtlSecondsAfterFinished()));
        if (left.isPositive()) {
            return Plan.builder().requeueAfter(left).build();
        }
        return Plan.of(new Write.Delete(Job.class, key.namespace(), key.name(), DeleteOptions.ofUid(job.getMetadata().getUid()).withPropagationPolicy("Foreground"), null));
    }
}
