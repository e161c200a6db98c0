package io.jakube.controller.cronjob;

import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.informer.Lister;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.OwnedPods;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.InstantSource;

/** Starts the Jobs of CronJobs at their times. */
public final class CronJobController {
    private final Lister<CronJob> cronJobs;
    private final Lister<Job> jobs;
    private final InstantSource clock;
    private final EventRecorder events;

    public CronJobController(ControllerScope scope) {
        Claims.index(scope, Job.class);
        cronJobs = scope.lister(CronJob.class);
        jobs = scope.lister(Job.class);
        clock = scope.clock();
        events = scope.events();
        ReconcileLoop loop = scope.loop("cronjob", 2, this::reconcile);
        scope.watchInto(CronJob.class, loop);
        OwnedPods.watchInto(scope, Job.class, loop, "batch", "CronJob", cronJobs, (cron, job) -> false);
    }

    private Plan reconcile(ObjectKey key) {
        return cronJobs.get(key).map(cron -> CronJobDecision.decide(cron, Claims.owned(jobs, cron), clock.instant(), (reason, message) -> events.warning(cron, reason, message))).orElse(Plan.NOTHING);
    }
}
