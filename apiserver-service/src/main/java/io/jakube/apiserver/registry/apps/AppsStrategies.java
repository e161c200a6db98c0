package io.jakube.apiserver.registry.apps;

import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.TypeStrategy;
import io.jakube.apiserver.validation.WorkloadValidation;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import java.util.Map;

/** {@code apps}. */
public final class AppsStrategies {
    private static final String TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

    private AppsStrategies() {}

    public static Map<GroupResource, ResourceStrategy> all() {
        return Map.of(
                new GroupResource("apps", "deployments"), TypeStrategy.withStatus().onCreate(deployment -> deployment.putObject("status"))
                        .validating(WorkloadValidation::deployment).validatingUpdate(WorkloadValidation::selectorUpdate).build(),
                new GroupResource("apps", "replicasets"), TypeStrategy.withStatus().onCreate(set -> set.putObject("status").put("replicas", 0))
                        .validating(WorkloadValidation::replicaSet).validatingUpdate(WorkloadValidation::selectorUpdate).build(),
                new GroupResource("apps", "statefulsets"),
                TypeStrategy.withStatus().onCreate(set -> set.putObject("status").put("replicas", 0).put("availableReplicas", 0))
                        .validating(WorkloadValidation::statefulSet).validatingUpdate(WorkloadValidation::statefulSetUpdate).build(),
                new GroupResource("apps", "daemonsets"), TypeStrategy.withStatus().onCreate(AppsStrategies::newDaemonSet).onUpdate(AppsStrategies::daemonSetUpdate)
                        .validating(WorkloadValidation::daemonSet).validatingUpdate(WorkloadValidation::selectorUpdate).build(),
                new GroupResource("apps", "controllerrevisions"),
                TypeStrategy.plain().validating(WorkloadValidation::controllerRevision).validatingUpdate(WorkloadValidation::controllerRevisionUpdate).build());
    }

    private static void newDaemonSet(ObjectNode set) {
        set.putObject("status").put("currentNumberScheduled", 0).put("numberMisscheduled", 0).put("desiredNumberScheduled", 0).put("numberReady", 0);
        annotate(set, 1);
    }

    /** The annotation counts changes of the template, for clients of the group's old versions. */
    private static void daemonSetUpdate(ObjectNode set, ObjectNode old) {
        long generation;
        try {
            generation = Long.parseLong(strings(object(old, "metadata"), "annotations").getOrDefault(TEMPLATE_GENERATION, "1"));
        } catch (NumberFormatException e) {
            generation = 1;
        }
        annotate(set, Fields.same(object(set, "spec", "template"), object(old, "spec", "template")) ? generation : generation + 1);
    }

    private static void annotate(ObjectNode set, long generation) {
        ensureObject(ensureObject(set, "metadata"), "annotations").put(TEMPLATE_GENERATION, Long.toString(generation));
    }
}
