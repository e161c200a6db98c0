package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import java.util.Comparator;
import java.util.Optional;

/** Computes pods' priority from their class, and keeps the default class unique (Kubernetes documentation, "Pod Priority and Preemption"). */
final class Priority implements AdmissionPlugin {
    private static final GroupResource CLASSES = new GroupResource("scheduling.k8s.io", "priorityclasses");

    private final ObjectStore store;

    Priority(ObjectStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    @Override
    public String name() {
        return "Priority";
    }

    @Override
    public void mutate(AdmissionRequest request) {
        ObjectNode pod = request.object();
        if (pod == null || !request.isFor("", "pods")) {
            return;
        }
        ObjectNode spec = Fields.ensureObject(pod, "spec");
        switch (request.operation()) {
            case CREATE -> assign(request, spec);
            case UPDATE -> {
                ObjectNode old = Fields.object(request.oldObject(), "spec");
                for (String field : new String[] {"priority", "preemptionPolicy"}) {
                    if (!Fields.has(spec, field) && Fields.has(old, field)) {
                        Fields.copy(old, spec, field);
                    }
                }
            }
            case DELETE, CONNECT -> { }
        }
    }

    private void assign(AdmissionRequest request, ObjectNode spec) {
        String name = Fields.text(spec, "priorityClassName");
        int priority = 0;
        String policy = "PreemptLowerPriority";
        Optional<ObjectNode> chosen = name.isEmpty() ? defaultClass() : store.getCached(CLASSES, "", name).or(() -> store.get(CLASSES, "", name));
        if (chosen.isPresent()) {
            spec.put("priorityClassName", Fields.text(chosen.get(), "metadata", "name"));
            priority = (int) Fields.integer(chosen.get(), "value");
            policy = Fields.text(chosen.get(), "preemptionPolicy").isEmpty() ? policy : Fields.text(chosen.get(), "preemptionPolicy");
        } else if (!name.isEmpty()) {
            throw Refuse.forbidden(request, "no PriorityClass with name " + name + " was found");
        }
        if (Fields.has(spec, "priority") && Fields.integer(spec, "priority") != priority) {
            throw Refuse.forbidden(request, "the integer value of priority (%d) must not be provided in pod spec; priority admission controller computed %d from the given PriorityClass name"
                    .formatted(Fields.integer(spec, "priority"), priority));
        }
        if (Fields.has(spec, "preemptionPolicy") && !Fields.text(spec, "preemptionPolicy").equals(policy)) {
            throw Refuse.forbidden(request, "the string value of PreemptionPolicy (%s) must not be provided in pod spec; priority admission controller computed %s from the given PriorityClass name"
                    .formatted(Fields.text(spec, "preemptionPolicy"), policy));
        }
        spec.put("priority", priority).put("preemptionPolicy", policy);
    }

    @Override
    public void validate(AdmissionRequest request) {
        ObjectNode object = request.object();
        if (object == null || !request.isFor("scheduling.k8s.io", "priorityclasses") || !Fields.flag(object, "globalDefault")
                || request.operation() != Operation.CREATE && request.operation() != Operation.UPDATE) {
            return;
        }
        Optional<String> other = defaultClass().map(found -> Fields.text(found, "metadata", "name")).filter(name -> !name.equals(Fields.text(object, "metadata", "name")));
        if (other.isPresent()) {
            throw Refuse.forbidden(request, "PriorityClass " + other.get() + " is already marked as default. Only one default can exist");
        }
    }

    /** The class marked as default; of several, the one of the lowest value. */
    private Optional<ObjectNode> defaultClass() {
        return store.listCached(CLASSES, "").stream().filter(found -> Fields.flag(found, "globalDefault")).min(Comparator.comparingLong(found -> Fields.integer(found, "value")));
    }
}
