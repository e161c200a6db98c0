package io.jakube.apiserver.registry.batch;

import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.flag;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Labels and selector that tie a job's pods to it, unless the job selects by hand. */
final class JobSelector {
    static final String CONTROLLER_UID = "batch.kubernetes.io/controller-uid";
    static final String JOB_NAME = "batch.kubernetes.io/job-name";

    private JobSelector() {}

    static void generate(ObjectNode job) {
        ObjectNode spec = ensureObject(job, "spec");
        if (flag(spec, "manualSelector")) {
            return;
        }
        String uid = text(job, "metadata", "uid");
        String name = text(job, "metadata", "name");
        ObjectNode labels = ensureObject(ensureObject(ensureObject(spec, "template"), "metadata"), "labels");
        putAbsent(labels, "controller-uid", uid);
        putAbsent(labels, CONTROLLER_UID, uid);
        putAbsent(labels, "job-name", name);
        putAbsent(labels, JOB_NAME, name);
        putAbsent(ensureObject(ensureObject(spec, "selector"), "matchLabels"), CONTROLLER_UID, uid);
    }

    private static void putAbsent(ObjectNode labels, String key, String value) {
        if (!labels.has(key)) {
            labels.put(key, value);
        }
    }
}
