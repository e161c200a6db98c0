package io.jakube.apiserver.registry.batch;

import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.TypeStrategy;
import io.jakube.apiserver.validation.JobValidation;
import io.jakube.common.api.GroupResource;
import java.util.Map;

/** {@code batch}. */
public final class BatchStrategies {
    private BatchStrategies() {}

    public static Map<GroupResource, ResourceStrategy> all() {
        return Map.of(
                new GroupResource("batch", "jobs"), TypeStrategy.withStatus().onCreate(job -> {
                    job.putObject("status");
                    JobSelector.generate(job);
                }).validating(JobValidation::job).validatingUpdate(JobValidation::jobUpdate).build(),
                new GroupResource("batch", "cronjobs"), TypeStrategy.withStatus().onCreate(cronJob -> cronJob.putObject("status")).validating(JobValidation::cronJob).build());
    }
}
