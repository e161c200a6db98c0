package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultFlag;
import static io.jakube.common.json.Fields.defaultInteger;
import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code batch/v1}. */
final class BatchDefaults {
    private BatchDefaults() {}

    static void job(ObjectNode job) {
        ObjectNode spec = ensureObject(job, "spec");
        PodDefaults.template(spec);
        if (!has(spec, "completions") && !has(spec, "parallelism")) {
            spec.put("completions", 1);
        }
        defaultInteger(spec, "parallelism", 1);
        defaultInteger(spec, "backoffLimit", has(spec, "backoffLimitPerIndex") ? Integer.MAX_VALUE : 6);
        CoreDefaults.inheritLabels(job, object(object(spec, "template"), "metadata", "labels"));
        defaultText(spec, "completionMode", "NonIndexed");
        defaultFlag(spec, "suspend", false);
        defaultText(spec, "podReplacementPolicy", has(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        defaultFlag(spec, "manualSelector", false);
        for (ObjectNode rule : items(object(spec, "podFailurePolicy"), "rules")) {
            items(rule, "onPodConditions").forEach(pattern -> defaultText(pattern, "status", "True"));
        }
    }

    static void cronJob(ObjectNode cronJob) {
        ObjectNode spec = ensureObject(cronJob, "spec");
        defaultText(spec, "concurrencyPolicy", "Allow");
        defaultFlag(spec, "suspend", false);
        defaultInteger(spec, "successfulJobsHistoryLimit", 3);
        defaultInteger(spec, "failedJobsHistoryLimit", 1);
        ObjectNode jobTemplate = ensureObject(spec, "jobTemplate");
        ensureObject(jobTemplate, "metadata");
        PodDefaults.template(ensureObject(jobTemplate, "spec"));
        for (ObjectNode rule : items(object(jobTemplate, "spec", "podFailurePolicy"), "rules")) {
            items(rule, "onPodConditions").forEach(pattern -> defaultText(pattern, "status", "True"));
        }
    }
}
