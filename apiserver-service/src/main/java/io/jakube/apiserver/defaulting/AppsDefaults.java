package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultInteger;
import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code apps/v1}. */
final class AppsDefaults {
    private static final int REVISION_HISTORY = 10;

    private AppsDefaults() {}

    static void deployment(ObjectNode deployment) {
        ObjectNode spec = ensureObject(deployment, "spec");
        PodDefaults.template(spec);
        defaultInteger(spec, "replicas", 1);
        ObjectNode strategy = ensureObject(spec, "strategy");
        defaultText(strategy, "type", "RollingUpdate");
        if (text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = ensureObject(strategy, "rollingUpdate");
            if (!has(rolling, "maxUnavailable")) {
                rolling.put("maxUnavailable", "25%");
            }
            if (!has(rolling, "maxSurge")) {
                rolling.put("maxSurge", "25%");
            }
        }
        defaultInteger(spec, "revisionHistoryLimit", REVISION_HISTORY);
        defaultInteger(spec, "progressDeadlineSeconds", 600);
    }

    static void replicaSet(ObjectNode replicaSet) {
        ObjectNode spec = ensureObject(replicaSet, "spec");
        PodDefaults.template(spec);
        defaultInteger(spec, "replicas", 1);
    }

    static void daemonSet(ObjectNode daemonSet) {
        ObjectNode spec = ensureObject(daemonSet, "spec");
        PodDefaults.template(spec);
        ObjectNode strategy = ensureObject(spec, "updateStrategy");
        defaultText(strategy, "type", "RollingUpdate");
        if (text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = ensureObject(strategy, "rollingUpdate");
            defaultInteger(rolling, "maxUnavailable", 1);
            defaultInteger(rolling, "maxSurge", 0);
        }
        defaultInteger(spec, "revisionHistoryLimit", REVISION_HISTORY);
    }

    static void statefulSet(ObjectNode statefulSet) {
        ObjectNode spec = ensureObject(statefulSet, "spec");
        PodDefaults.template(spec);
        defaultText(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode strategy = ensureObject(spec, "updateStrategy");
        if (text(strategy, "type").isEmpty()) {
            strategy.put("type", "RollingUpdate");
            ensureObject(strategy, "rollingUpdate");
        }
        ObjectNode rolling = object(strategy, "rollingUpdate");
        if (rolling != null && text(strategy, "type").equals("RollingUpdate")) {
            defaultInteger(rolling, "partition", 0);
        }
        ObjectNode retention = ensureObject(spec, "persistentVolumeClaimRetentionPolicy");
        defaultText(retention, "whenDeleted", "Retain");
        defaultText(retention, "whenScaled", "Retain");
        defaultInteger(spec, "replicas", 1);
        defaultInteger(spec, "revisionHistoryLimit", REVISION_HISTORY);
        for (ObjectNode claim : items(spec, "volumeClaimTemplates")) {
            defaultText(claim, "apiVersion", "v1");
            defaultText(claim, "kind", "PersistentVolumeClaim");
            StorageDefaults.persistentVolumeClaim(claim);
        }
    }
}
