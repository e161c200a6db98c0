package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.ensureArray;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.Errors;
import io.jakube.apiserver.validation.PodUpdateValidation;
import io.jakube.apiserver.validation.PodValidation;
import io.jakube.common.json.Fields;
import io.jakube.common.status.FieldError;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pods. */
public final class PodStrategy implements ResourceStrategy {
    @Override
    public void prepareForCreate(ObjectNode pod, RequestContext context) {
        ObjectNode spec = ensureObject(pod, "spec");
        ObjectNode status = pod.putObject("status").put("phase", "Pending").put("qosClass", PodQos.of(spec));
        if (!empty(spec, "schedulingGates")) {
            status.putArray("conditions").addObject().put("type", "PodScheduled").put("status", "False").put("observedGeneration", 1)
                    .put("reason", "SchedulingGated").put("message", "Scheduling is blocked due to non-empty scheduling gates");
        }
        Map<String, String> labels = strings(object(pod, "metadata"), "labels");
        matchLabelKeys(object(spec, "affinity"), labels);
        for (ObjectNode constraint : items(spec, "topologySpreadConstraints")) {
            addExpressions(object(constraint, "labelSelector"), constraint, "matchLabelKeys", "In", labels);
        }
    }

    /** KEP-3633: label keys become expressions on the pod's own values, once, at creation. */
    private static void matchLabelKeys(@Nullable ObjectNode affinity, Map<String, String> labels) {
        for (String kind : new String[] {"podAffinity", "podAntiAffinity"}) {
            ObjectNode terms = object(affinity, kind);
            items(terms, "requiredDuringSchedulingIgnoredDuringExecution").forEach(term -> addExpressions(term, labels));
            for (ObjectNode weighted : items(terms, "preferredDuringSchedulingIgnoredDuringExecution")) {
                ObjectNode term = object(weighted, "podAffinityTerm");
                if (term != null) {
                    addExpressions(term, labels);
                }
            }
        }
    }

    private static void addExpressions(ObjectNode term, Map<String, String> labels) {
        ObjectNode selector = object(term, "labelSelector");
        addExpressions(selector, term, "matchLabelKeys", "In", labels);
        addExpressions(selector, term, "mismatchLabelKeys", "NotIn", labels);
    }

    private static void addExpressions(@Nullable ObjectNode selector, ObjectNode parent, String keys, String operator, Map<String, String> labels) {
        if (selector == null) {
            return;
        }
        for (String key : texts(parent, keys)) {
            String value = labels.get(key);
            if (value != null) {
                ensureArray(selector, "matchExpressions").addObject().put("key", key).put("operator", operator).putArray("values").add(value);
            }
        }
    }

    @Override
    public void prepareForStatusUpdate(ObjectNode pod, ObjectNode old, RequestContext context) {
        Fields.copy(object(old, "metadata"), ensureObject(pod, "metadata"), "ownerReferences");
        ObjectNode status = ensureObject(pod, "status");
        ObjectNode oldStatus = object(old, "status");
        for (String kept : new String[] {"qosClass", "observedGeneration"}) {
            if (!Fields.has(status, kept)) {
                Fields.copy(oldStatus, status, kept);
            }
        }
        mirrorAddress(status, "podIP", "podIPs");
        mirrorAddress(status, "hostIP", "hostIPs");
    }

    /** The single address is the first of the list; either may be given. */
    private static void mirrorAddress(ObjectNode status, String single, String list) {
        if (!items(status, list).isEmpty()) {
            status.put(single, text(items(status, list).getFirst(), "ip"));
        } else if (!text(status, single).isEmpty()) {
            status.putArray(list).addObject().put("ip", text(status, single));
        }
    }

    @Override
    public List<FieldError> validate(ObjectNode pod) {
        Errors errors = new Errors();
        PodValidation.create(pod, errors);
        return errors.list();
    }

    @Override
    public List<FieldError> validateUpdate(ObjectNode pod, ObjectNode old) {
        Errors errors = new Errors();
        PodUpdateValidation.update(pod, old, errors);
        return errors.list();
    }

    @Override
    public boolean returnsDeletedObject() {
        return true;
    }

    @Override
    public boolean deletesGracefully(ObjectNode pod) {
        String phase = text(pod, "status", "phase");
        return !text(pod, "spec", "nodeName").isEmpty() && !phase.equals("Succeeded") && !phase.equals("Failed");
    }

    @Override
    public long defaultGracePeriodSeconds(ObjectNode pod) {
        return integer(object(pod, "spec"), "terminationGracePeriodSeconds");
    }
}
