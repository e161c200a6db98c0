package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.registry.PostHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.SelectorValidation;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Fields;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * {@code POST pods/eviction}: deletes a pod if its disruption budget allows (API reference, policy/v1 Eviction; "API-initiated Eviction"). The budget
 * is charged by compare-and-swap before the pod is deleted, so concurrent evictions never spend a disruption twice.
 */
public final class EvictionHandler extends PostHandler {
    private static final GroupVersionKind EVICTION = GroupVersionKind.of("policy/v1", "Eviction");
    private static final GroupResource PODS = GroupResource.core("pods");
    private static final GroupResource BUDGETS = new GroupResource("policy", "poddisruptionbudgets");
    private static final String REFUSED = "Cannot evict pod as it would violate the pod's disruption budget.";
    private static final int MAX_DISRUPTED_PODS = 2000;
    private static final int ATTEMPTS = 20;

    private final ObjectStore objects;
    private final InstantSource clock;

    public EvictionHandler(ObjectStore objects, Posting posting, InstantSource clock) {
        super(new Place("", "pods", "eviction"), EVICTION, posting);
        this.objects = objects;
        this.clock = clock;
    }

    @Override
    protected void check(ObjectNode eviction, RequestContext context) {
        if (!text(eviction, "metadata", "name").equals(context.info().name())) {
            throw ApiException.badRequest("name in URL does not match name in Eviction object");
        }
    }

    @Override
    protected ApiResponse answer(Post post) {
        ObjectNode options = object(post.body(), "deleteOptions") == null ? Json.object() : object(post.body(), "deleteOptions").deepCopy();
        if (post.dryRun() && empty(options, "dryRun")) {
            options.putArray("dryRun").add("All");
        }
        evict(post.namespace(), post.name(), options);
        return success();
    }

    private void evict(String namespace, String name, ObjectNode options) {
        boolean versioned = has(object(options, "preconditions"), "resourceVersion");
        for (int attempt = 1; ; attempt++) {
            ObjectNode pod = objects.get(PODS, namespace, name).orElseThrow(() -> ApiException.notFound(PODS, name));
            try {
                evict(pod, options);
                return;
            } catch (ApiException e) {
                if (!e.is("Conflict") || versioned || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void evict(ObjectNode pod, ObjectNode options) {
        if (over(pod)) {
            delete(pod, options);
            return;
        }
        if (text(pod, "status", "phase").equals("Pending")) {
            delete(pod, unchangedSince(pod, options));
            return;
        }
        List<ObjectNode> budgets = objects.listCached(BUDGETS, namespace(pod)).stream().filter(budget -> covers(budget, pod)).toList();
        if (budgets.size() > 1) {
            throw ApiException.of(500, "InternalError", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        }
        if (budgets.isEmpty()) {
            delete(pod, options);
            return;
        }
        String budgetName = text(budgets.getFirst(), "metadata", "name");
        ObjectNode budget = objects.get(BUDGETS, namespace(pod), budgetName).orElse(null);
        if (budget == null) {
            delete(pod, options);
        } else if (!ready(pod) && mayEvictUnready(budget)) {
            try {
                delete(pod, unchangedSince(pod, options));
            } catch (ApiException e) {
                if (e.is("Conflict") && !has(object(options, "preconditions"), "resourceVersion")) {
                    throw stillProcessing(budgetName);
                }
                throw e;
            }
        } else {
            charge(budget, text(pod, "metadata", "name"), !empty(options, "dryRun"));
            delete(pod, options);
        }
    }

    private static boolean covers(ObjectNode budget, ObjectNode pod) {
        ObjectNode selector = object(budget, "spec", "selector");
        return !SelectorValidation.selectsEverything(selector) && SelectorValidation.matches(selector, strings(object(pod, "metadata"), "labels"));
    }

    /** A pod that is not ready does not count as healthy, so evicting it costs nothing while enough others are (KEP-3017). */
    private static boolean mayEvictUnready(ObjectNode budget) {
        if (text(budget, "spec", "unhealthyPodEvictionPolicy").equals("AlwaysAllow")) {
            return true;
        }
        ObjectNode status = object(budget, "status");
        return integer(status, "currentHealthy") >= integer(status, "desiredHealthy") && integer(status, "desiredHealthy") > 0;
    }

    private void charge(ObjectNode budget, String pod, boolean dryRun) {
        String name = text(budget, "metadata", "name");
        if (dryRun) {
            charged(budget, pod);
        } else {
            objects.update(BUDGETS, namespace(budget), name, current -> charged(current, pod));
        }
    }

    private ObjectNode charged(ObjectNode budget, String pod) {
        String name = text(budget, "metadata", "name");
        ObjectNode status = ensureObject(budget, "status");
        if (integer(status, "observedGeneration") < integer(object(budget, "metadata"), "generation")) {
            throw stillProcessing(name);
        }
        long allowed = integer(status, "disruptionsAllowed");
        if (allowed < 0) {
            throw ApiException.forbidden(new GroupResource("policy", "poddisruptionbudget"), name, "pdb disruptions allowed is negative");
        }
        ObjectNode disrupted = object(status, "disruptedPods");
        if (disrupted != null && disrupted.size() > MAX_DISRUPTED_PODS) {
            throw ApiException.forbidden(new GroupResource("policy", "poddisruptionbudget"), name,
                    "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }
        if (allowed == 0) {
            throw ApiException.tooManyRequests(REFUSED, 0).withCauses(List.of(new ApiException.Cause("DisruptionBudget", "The disruption budget " + name + " needs "
                    + integer(status, "desiredHealthy") + " healthy pods and has " + integer(status, "currentHealthy") + " currently", "")));
        }
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        Fields.put(status, "disruptionsAllowed", allowed - 1);
        if (allowed == 1) {
            insufficient(status, integer(object(budget, "metadata"), "generation"), now);
        }
        ensureObject(status, "disruptedPods").put(pod, now);
        return budget;
    }

    private static void insufficient(ObjectNode status, long generation, String now) {
        ObjectNode condition = items(status, "conditions").stream().filter(c -> text(c, "type").equals("DisruptionAllowed")).findFirst()
                .orElseGet(() -> Fields.ensureArray(status, "conditions").addObject().put("type", "DisruptionAllowed"));
        if (!text(condition, "status").equals("False")) {
            condition.put("lastTransitionTime", now);
        }
        condition.put("status", "False").put("reason", "InsufficientPods").put("message", "");
        Fields.put(condition, "observedGeneration", generation);
    }

    private static ApiException stillProcessing(String budget) {
        return ApiException.tooManyRequests(REFUSED, 10)
                .withCauses(List.of(new ApiException.Cause("DisruptionBudget", "The disruption budget " + budget + " is still being processed by the server.", "")));
    }

    private static boolean ready(ObjectNode pod) {
        return items(object(pod, "status"), "conditions").stream().anyMatch(c -> text(c, "type").equals("Ready") && text(c, "status").equals("True"));
    }

    private static ObjectNode unchangedSince(ObjectNode pod, ObjectNode options) {
        ObjectNode guarded = options.deepCopy();
        Fields.defaultText(ensureObject(guarded, "preconditions"), "resourceVersion", text(pod, "metadata", "resourceVersion"));
        return guarded;
    }

    /** Deletes a pod that will run no more, having said in its status why (KEP-3329). */
    private void delete(ObjectNode pod, ObjectNode options) {
        if (over(pod) || !empty(options, "dryRun")) {
            remove(pod, options);
            return;
        }
        ObjectNode marked = objects.update(PODS, namespace(pod), text(pod, "metadata", "name"), current -> marked(current, options));
        ObjectNode guarded = options;
        if (has(object(options, "preconditions"), "resourceVersion")) {
            guarded = options.deepCopy();
            ensureObject(guarded, "preconditions").put("resourceVersion", text(marked, "metadata", "resourceVersion"));
        }
        remove(marked, guarded);
    }

    private ObjectNode marked(ObjectNode pod, ObjectNode options) {
        ObjectNode expected = object(options, "preconditions");
        for (String field : List.of("uid", "resourceVersion")) {
            String wished = expected == null ? "" : text(expected, field);
            String present = text(pod, "metadata", field);
            if (!wished.isEmpty() && !wished.equals(present)) {
                throw ApiException.conflict(PODS, text(pod, "metadata", "name"), "Precondition failed: " + field + " in precondition: " + wished + ", in object: " + present);
            }
        }
        ObjectNode status = ensureObject(pod, "status");
        ObjectNode condition = items(status, "conditions").stream().filter(c -> text(c, "type").equals("DisruptionTarget")).findFirst()
                .orElseGet(() -> Fields.ensureArray(status, "conditions").addObject().put("type", "DisruptionTarget"));
        if (!text(condition, "status").equals("True")) {
            condition.put("lastTransitionTime", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        }
        condition.put("status", "True").put("reason", "EvictionByEvictionAPI").put("message", "Eviction API: evicting");
        return pod;
    }

    private void remove(ObjectNode pod, ObjectNode options) {
        objects.delete(PODS, namespace(pod), text(pod, "metadata", "name"), options);
    }

    private static boolean over(ObjectNode pod) {
        String phase = text(pod, "status", "phase");
        return phase.equals("Succeeded") || phase.equals("Failed") || has(object(pod, "metadata"), "deletionTimestamp");
    }

    private static String namespace(ObjectNode object) {
        return text(object, "metadata", "namespace");
    }
}
