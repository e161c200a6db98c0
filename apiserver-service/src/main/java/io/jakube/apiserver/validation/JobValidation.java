package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.flag;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code batch}. */
public final class JobValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final int MAX_PARALLELISM = 100_000;

    private JobValidation() {}

    public static void job(ObjectNode job, Errors errors) {
        ObjectNode spec = object(job, "spec") == null ? job.objectNode() : object(job, "spec");
        generatedSelector(job, spec, errors);
        jobSpec(spec, SPEC, errors);
        ObjectNode selector = object(spec, "selector");
        if (selector == null) {
            errors.required(SPEC.child("selector"), "");
            return;
        }
        SelectorValidation.selector(selector, SPEC.child("selector"), errors);
        ObjectNode metadata = object(spec, "template", "metadata");
        if (!SelectorValidation.matches(selector, strings(metadata, "labels"))) {
            JsonNode labels = metadata == null || metadata.get("labels") == null ? NullNode.getInstance() : metadata.get("labels");
            errors.invalid(SPEC.child("template", "metadata", "labels"), labels, "`selector` does not match template `labels`");
        }
    }

    /** The labels the server put on the template must still be what it put there, unless the job selects by hand. */
    private static void generatedSelector(ObjectNode job, ObjectNode spec, Errors errors) {
        if (flag(spec, "manualSelector")) {
            return;
        }
        ObjectNode metadata = object(spec, "template", "metadata");
        Map<String, String> labels = strings(metadata, "labels");
        String uid = text(job, "metadata", "uid");
        String name = text(job, "metadata", "name");
        FieldPath path = SPEC.child("template", "metadata", "labels");
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("controller-uid", uid);
        expected.put("job-name", name);
        expected.put("batch.kubernetes.io/controller-uid", uid);
        expected.put("batch.kubernetes.io/job-name", name);
        expected.forEach((key, value) -> {
            if (!labels.containsKey(key)) {
                errors.required(path.key(key), "must be '" + value + "'");
            } else if (!value.equals(labels.get(key))) {
                errors.invalid(path.key(key), metadata == null ? null : metadata.get("labels"), "must be '" + value + "'");
            }
        });
        Map<String, String> selected = strings(object(spec, "selector"), "matchLabels");
        if (!uid.equals(selected.get("batch.kubernetes.io/controller-uid")) && !uid.equals(selected.get("controller-uid"))) {
            errors.invalid(SPEC.child("selector"), spec.get("selector"), "`selector` not auto-generated");
        }
    }

    private static void jobSpec(ObjectNode spec, FieldPath path, Errors errors) {
        for (String number : List.of("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes")) {
            errors.notNegative(path.child(number), integer(spec, number));
        }
        boolean indexed = text(spec, "completionMode").equals("Indexed");
        Formats.optionalOneOf(path.child("completionMode"), text(spec, "completionMode"), errors, "NonIndexed", "Indexed");
        if (indexed && !has(spec, "completions")) {
            errors.required(path.child("completions"), "when completion mode is Indexed");
        }
        if (indexed && integer(spec, "parallelism") > MAX_PARALLELISM) {
            errors.invalid(path.child("parallelism"), integer(spec, "parallelism"), "must be less than or equal to " + MAX_PARALLELISM + " when completion mode is Indexed");
        }
        if (!indexed) {
            for (String field : List.of("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy")) {
                if (has(spec, field)) {
                    errors.invalid(path.child(field), spec.get(field), "requires indexed completion mode");
                }
            }
        }
        if (has(spec, "maxFailedIndexes") && !has(spec, "backoffLimitPerIndex")) {
            errors.required(path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
        }
        Formats.optionalOneOf(path.child("podReplacementPolicy"), text(spec, "podReplacementPolicy"), errors, "Failed", "TerminatingOrFailed");
        if (has(spec, "podFailurePolicy") && text(spec, "podReplacementPolicy").equals("TerminatingOrFailed")) {
            errors.notSupported(path.child("podReplacementPolicy"), text(spec, "podReplacementPolicy"), "Failed");
        }
        ObjectNode template = object(spec, "template") == null ? spec.objectNode() : object(spec, "template");
        PodValidation.template(template, path.child("template"), errors);
        String restart = text(object(template, "spec"), "restartPolicy");
        if (!restart.equals("OnFailure") && !restart.equals("Never")) {
            errors.required(path.child("template", "spec", "restartPolicy"), "valid values: \"OnFailure\", \"Never\"");
        } else if (has(spec, "podFailurePolicy") && !restart.equals("Never")) {
            errors.invalid(path.child("template", "spec", "restartPolicy"), restart, "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }

    public static void jobUpdate(ObjectNode job, ObjectNode old, Errors errors) {
        ObjectNode spec = object(job, "spec") == null ? job.objectNode() : object(job, "spec");
        ObjectNode before = object(old, "spec") == null ? old.objectNode() : object(old, "spec");
        boolean elastic = text(spec, "completionMode").equals("Indexed") && Fields.same(spec.get("completions"), spec.get("parallelism"));
        if (!Fields.same(spec.get("completions"), before.get("completions")) && !elastic) {
            errors.invalid(SPEC.child("completions"), spec.get("completions"),
                    text(spec, "completionMode").equals("Indexed") ? "can only be modified in tandem with parallelism" : Errors.IMMUTABLE);
        }
        errors.immutable(SPEC.child("selector"), spec.get("selector"), before.get("selector"));
        template(spec, before, old, errors);
        for (String field : List.of("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy")) {
            errors.immutable(SPEC.child(field), spec.get(field), before.get(field));
        }
    }

    /** KEP-2926: while a job is suspended and has not started, where its pods may run can still change. */
    private static void template(ObjectNode spec, ObjectNode before, ObjectNode old, Errors errors) {
        ObjectNode template = object(spec, "template") == null ? spec.objectNode() : object(spec, "template").deepCopy();
        ObjectNode oldTemplate = object(before, "template") == null ? spec.objectNode() : object(before, "template");
        if (flag(before, "suspend") && !has(object(old, "status"), "startTime")) {
            for (String field : List.of("nodeSelector", "tolerations", "affinity", "schedulingGates")) {
                Fields.copy(object(oldTemplate, "spec"), Fields.ensureObject(template, "spec"), field);
            }
            for (String field : List.of("labels", "annotations")) {
                Fields.copy(object(oldTemplate, "metadata"), Fields.ensureObject(template, "metadata"), field);
            }
        }
        errors.immutable(SPEC.child("template"), template, oldTemplate);
    }

    public static void cronJob(ObjectNode cronJob, Errors errors) {
        ObjectNode spec = object(cronJob, "spec") == null ? cronJob.objectNode() : object(cronJob, "spec");
        String name = text(cronJob, "metadata", "name");
        if (name.length() > 52) {
            errors.invalid(FieldPath.of("metadata", "name"), name, "must be no more than 52 characters");
        }
        schedule(spec, errors);
        errors.notNegative(SPEC.child("startingDeadlineSeconds"), integer(spec, "startingDeadlineSeconds"));
        Formats.oneOf(SPEC.child("concurrencyPolicy"), text(spec, "concurrencyPolicy"), errors, "Allow", "Forbid", "Replace");
        FieldPath path = SPEC.child("jobTemplate", "spec");
        ObjectNode jobSpec = object(spec, "jobTemplate", "spec");
        if (jobSpec != null) {
            if (has(jobSpec, "manualSelector") && flag(jobSpec, "manualSelector")) {
                errors.notSupported(path.child("manualSelector"), jobSpec.get("manualSelector"), "nil", "false");
            }
            if (!empty(jobSpec, "selector")) {
                errors.invalid(path.child("selector"), jobSpec.get("selector"), "`selector` will be auto-generated");
            }
            jobSpec(jobSpec, path, errors);
        } else {
            errors.required(path.child("template", "spec", "containers"), "");
        }
        errors.notNegative(SPEC.child("successfulJobsHistoryLimit"), integer(spec, "successfulJobsHistoryLimit"));
        errors.notNegative(SPEC.child("failedJobsHistoryLimit"), integer(spec, "failedJobsHistoryLimit"));
    }

    private static void schedule(ObjectNode spec, Errors errors) {
        String schedule = text(spec, "schedule");
        if (schedule.isEmpty()) {
            errors.required(SPEC.child("schedule"), "");
        } else if (schedule.contains("TZ")) {
            errors.invalid(SPEC.child("schedule"), schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        } else {
            CronSyntax.problem(schedule).ifPresent(problem -> errors.invalid(SPEC.child("schedule"), schedule, problem));
        }
        if (!has(spec, "timeZone")) {
            return;
        }
        String zone = text(spec, "timeZone");
        FieldPath path = SPEC.child("timeZone");
        if (zone.isEmpty()) {
            errors.invalid(path, zone, "timeZone must be nil or non-empty string");
        } else if (zone.equalsIgnoreCase("local")) {
            errors.invalid(path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        } else {
            try {
                ZoneId.of(zone);
            } catch (DateTimeException e) {
                errors.invalid(path, zone, "unknown time zone " + zone);
            }
        }
    }
}
