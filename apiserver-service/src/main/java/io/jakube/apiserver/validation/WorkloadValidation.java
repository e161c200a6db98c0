package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code apps} and replication controllers. */
public final class WorkloadValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");

    private WorkloadValidation() {}

    public static void deployment(ObjectNode deployment, Errors errors) {
        ObjectNode spec = spec(deployment);
        notNegative(spec, errors, "replicas");
        selector(spec, "deployment", errors);
        template(spec, object(spec, "selector"), "ReplicaSet", errors);
        deploymentStrategy(spec, errors);
        notNegative(spec, errors, "minReadySeconds", "revisionHistoryLimit");
        if (has(spec, "progressDeadlineSeconds")) {
            notNegative(spec, errors, "progressDeadlineSeconds");
            if (integer(spec, "progressDeadlineSeconds") <= integer(spec, "minReadySeconds")) {
                errors.invalid(SPEC.child("progressDeadlineSeconds"), integer(spec, "progressDeadlineSeconds"), "must be greater than minReadySeconds");
            }
        }
    }

    private static void deploymentStrategy(ObjectNode spec, Errors errors) {
        ObjectNode strategy = object(spec, "strategy");
        FieldPath path = SPEC.child("strategy");
        ObjectNode rolling = object(strategy, "rollingUpdate");
        switch (text(strategy, "type")) {
            case "Recreate" -> {
                if (rolling != null) {
                    errors.forbidden(path.child("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
                }
            }
            case "RollingUpdate" -> {
                if (rolling == null) {
                    errors.required(path.child("rollingUpdate"), "this should be defaulted and never be nil");
                } else {
                    rolling(rolling, path.child("rollingUpdate"), errors);
                }
            }
            default -> errors.notSupported(path, strategy == null ? "" : strategy, "Recreate", "RollingUpdate");
        }
    }

    private static void rolling(ObjectNode rolling, FieldPath path, Errors errors) {
        JsonNode unavailable = rolling.get("maxUnavailable");
        JsonNode surge = rolling.get("maxSurge");
        Formats.countOrPercent(path.child("maxUnavailable"), unavailable, errors);
        Formats.countOrPercent(path.child("maxSurge"), surge, errors);
        if (Formats.isZero(unavailable) && Formats.isZero(surge)) {
            errors.invalid(path.child("maxUnavailable"), unavailable, "may not be 0 when `maxSurge` is 0");
        }
        Formats.notMoreThanAll(path.child("maxUnavailable"), unavailable, errors);
    }

    public static void replicaSet(ObjectNode set, Errors errors) {
        ObjectNode spec = spec(set);
        notNegative(spec, errors, "replicas", "minReadySeconds");
        selector(spec, "deployment", errors);
        template(spec, object(spec, "selector"), "ReplicaSet", errors);
    }

    public static void statefulSet(ObjectNode set, Errors errors) {
        ObjectNode spec = spec(set);
        String management = text(spec, "podManagementPolicy");
        if (management.isEmpty()) {
            errors.required(SPEC.child("podManagementPolicy"), "");
        } else if (!management.equals("OrderedReady") && !management.equals("Parallel")) {
            errors.invalid(SPEC.child("podManagementPolicy"), management, "must be 'OrderedReady' or 'Parallel'");
        }
        ObjectNode strategy = object(spec, "updateStrategy");
        ObjectNode rolling = object(strategy, "rollingUpdate");
        switch (text(strategy, "type")) {
            case "" -> errors.required(SPEC.child("updateStrategy"), "");
            case "OnDelete" -> {
                if (rolling != null) {
                    errors.invalid(SPEC.child("updateStrategy", "rollingUpdate"), rolling, "only allowed for updateStrategy 'RollingUpdate'");
                }
            }
            case "RollingUpdate" -> {
                if (rolling != null) {
                    errors.notNegative(SPEC.child("updateStrategy", "rollingUpdate", "partition"), integer(rolling, "partition"));
                    FieldPath unavailable = SPEC.child("updateStrategy", "rollingUpdate", "maxUnavailable");
                    Formats.countOrPercent(unavailable, rolling.get("maxUnavailable"), errors);
                    if (Formats.isZero(rolling.get("maxUnavailable"))) {
                        errors.invalid(unavailable, rolling.get("maxUnavailable"), "cannot be 0");
                    }
                    Formats.notMoreThanAll(unavailable, rolling.get("maxUnavailable"), errors);
                }
            }
            default -> errors.invalid(SPEC.child("updateStrategy"), strategy, "must be 'RollingUpdate' or 'OnDelete'");
        }
        ObjectNode retention = object(spec, "persistentVolumeClaimRetentionPolicy");
        for (String when : new String[] {"whenDeleted", "whenScaled"}) {
            Formats.optionalOneOf(SPEC.child("persistentVolumeClaimRetentionPolicy", when), text(retention, when), errors, "Retain", "Delete");
        }
        notNegative(spec, errors, "replicas", "minReadySeconds");
        errors.notNegative(SPEC.child("ordinals", "start"), integer(object(spec, "ordinals"), "start"));
        selector(spec, "statefulset", errors);
        template(spec, object(spec, "selector"), "StatefulSet", errors);
    }

    /** Of a stateful set's spec, only a few fields may change. */
    public static void statefulSetUpdate(ObjectNode set, ObjectNode old, Errors errors) {
        ObjectNode comparable = spec(set).deepCopy();
        for (String mutable : List.of("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds")) {
            Fields.copy(old.get("spec"), comparable, mutable);
        }
        if (!Fields.same(comparable, old.get("spec"))) {
            errors.forbidden(SPEC, "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                    + "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
        }
    }

    public static void daemonSet(ObjectNode set, Errors errors) {
        ObjectNode spec = spec(set);
        selector(spec, "daemonset", errors);
        template(spec, object(spec, "selector"), "DaemonSet", errors);
        notNegative(spec, errors, "minReadySeconds", "revisionHistoryLimit");
        ObjectNode strategy = object(spec, "updateStrategy");
        ObjectNode rolling = object(strategy, "rollingUpdate");
        FieldPath path = SPEC.child("updateStrategy", "rollingUpdate");
        switch (text(strategy, "type")) {
            case "OnDelete" -> { }
            case "RollingUpdate" -> {
                if (rolling == null) {
                    errors.required(path, "");
                } else {
                    JsonNode unavailable = rolling.path("maxUnavailable");
                    JsonNode surge = rolling.path("maxSurge");
                    Formats.countOrPercent(path.child("maxUnavailable"), unavailable, errors);
                    Formats.countOrPercent(path.child("maxSurge"), surge, errors);
                    if (!Formats.isZero(unavailable) && !Formats.isZero(surge)) {
                        errors.invalid(path.child("maxSurge"), surge, "may not be set when maxUnavailable is non-zero");
                    } else if (Formats.isZero(unavailable) && Formats.isZero(surge)) {
                        errors.required(path.child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
                    }
                    Formats.notMoreThanAll(path.child("maxUnavailable"), unavailable, errors);
                }
            }
            default -> errors.notSupported(SPEC.child("updateStrategy"), strategy == null ? "" : strategy, "RollingUpdate", "OnDelete");
        }
    }

    /** The selector of a workload never changes. */
    public static void selectorUpdate(ObjectNode object, ObjectNode old, Errors errors) {
        errors.immutable(SPEC.child("selector"), object(object, "spec", "selector"), object(old, "spec", "selector"));
    }

    public static void replicationController(ObjectNode controller, Errors errors) {
        ObjectNode spec = spec(controller);
        notNegative(spec, errors, "minReadySeconds");
        var selector = strings(spec, "selector");
        if (selector.isEmpty()) {
            errors.required(SPEC.child("selector"), "");
        }
        notNegative(spec, errors, "replicas");
        ObjectNode wrapped = controller.objectNode();
        if (!selector.isEmpty()) {
            wrapped.set("matchLabels", object(spec, "selector"));
        }
        template(spec, wrapped, "ReplicationController", errors);
    }

    private static void selector(ObjectNode spec, String type, Errors errors) {
        ObjectNode selector = object(spec, "selector");
        FieldPath path = SPEC.child("selector");
        if (selector == null) {
            errors.required(path, "");
            return;
        }
        SelectorValidation.selector(selector, path, errors);
        if (SelectorValidation.selectsEverything(selector)) {
            errors.invalid(path, selector, "empty selector is invalid for " + type);
        }
    }

    private static void template(ObjectNode spec, @Nullable ObjectNode selector, String kind, Errors errors) {
        ObjectNode template = object(spec, "template");
        FieldPath path = SPEC.child("template");
        if (template == null) {
            errors.required(path, "");
            return;
        }
        ObjectNode metadata = object(template, "metadata");
        if (selector != null && !SelectorValidation.selectsEverything(selector) && !SelectorValidation.matches(selector, strings(metadata, "labels"))) {
            JsonNode labels = metadata == null ? MissingNode.getInstance() : metadata.path("labels");
            errors.invalid(path.child("metadata", "labels"), labels.isMissingNode() ? template.nullNode() : labels, "`selector` does not match template `labels`");
        }
        PodValidation.template(template, path, errors);
        ObjectNode podSpec = object(template, "spec");
        String restart = text(podSpec, "restartPolicy");
        if (!restart.equals("Always") && !restart.isEmpty()) {
            errors.notSupported(path.child("spec", "restartPolicy"), restart, "Always");
        }
        if (has(podSpec, "activeDeadlineSeconds")) {
            errors.forbidden(path.child("spec", "activeDeadlineSeconds"), "activeDeadlineSeconds in " + kind + " is not Supported");
        }
    }

    private static void notNegative(ObjectNode spec, Errors errors, String... fields) {
        for (String field : fields) {
            errors.notNegative(SPEC.child(field), integer(spec, field));
        }
    }

    private static ObjectNode spec(ObjectNode object) {
        return object(object, "spec") == null ? object.objectNode() : object(object, "spec");
    }

    public static void controllerRevision(ObjectNode revision, Errors errors) {
        errors.notNegative(FieldPath.of("revision"), integer(revision, "revision"));
    }

    public static void controllerRevisionUpdate(ObjectNode revision, ObjectNode old, Errors errors) {
        errors.immutable(FieldPath.of("data"), revision.get("data"), old.get("data"));
    }
}
