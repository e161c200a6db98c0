package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.ensureArray;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.registry.PostHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.Errors;
import io.jakube.apiserver.validation.FieldPath;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.status.ApiException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** {@code POST pods/binding}: gives a pod its node, once. */
public final class BindingHandler extends PostHandler {
    private static final GroupVersionKind BINDING = GroupVersionKind.of("v1", "Binding");
    private static final GroupResource PODS = GroupResource.core("pods");
    private static final GroupResource CONFLICTED = GroupResource.core("pods/binding");

    private final ObjectStore objects;
    private final InstantSource clock;

    public BindingHandler(ObjectStore objects, Posting posting, InstantSource clock) {
        super(new Place("", "pods", "binding"), BINDING, posting);
        this.objects = objects;
        this.clock = clock;
    }

    @Override
    protected void check(ObjectNode binding, RequestContext context) {
        String name = context.info().name();
        String named = text(binding, "metadata", "name");
        if (!named.isEmpty() && !named.equals(name)) {
            throw ApiException.badRequest("name in URL does not match name in Binding object");
        }
        ObjectNode target = object(binding, "target");
        Errors errors = new Errors();
        String kind = text(target, "kind");
        if (!kind.isEmpty() && !kind.equals("Node")) {
            errors.notSupported(FieldPath.of("target", "kind"), kind, "Node", "<empty>");
        }
        if (text(target, "name").isEmpty()) {
            errors.required(FieldPath.of("target", "name"), "");
        }
        if (!errors.isEmpty()) {
            throw ApiException.invalid("", "Binding", name, errors.list());
        }
    }

    @Override
    protected ApiResponse answer(Post post) {
        if (post.dryRun()) {
            bind(objects.get(PODS, post.namespace(), post.name()).orElseThrow(() -> ApiException.notFound(PODS, post.name())), post.body());
        } else {
            objects.update(PODS, post.namespace(), post.name(), pod -> bind(pod, post.body()));
        }
        return success();
    }

    private ObjectNode bind(ObjectNode pod, ObjectNode binding) {
        ObjectNode metadata = ensureObject(pod, "metadata");
        ObjectNode spec = ensureObject(pod, "spec");
        String name = text(metadata, "name");
        for (String precondition : new String[] {"uid", "resourceVersion"}) {
            String wished = text(binding, "metadata", precondition);
            if (!wished.isEmpty() && !wished.equals(text(metadata, precondition))) {
                throw ApiException.conflict(CONFLICTED, name, "Precondition failed: " + precondition + " in precondition: " + wished + ", " + precondition
                        + " in object meta: " + text(metadata, precondition));
            }
        }
        if (has(metadata, "deletionTimestamp")) {
            throw ApiException.conflict(CONFLICTED, name, "pod " + name + " is being deleted, cannot be assigned to a host");
        }
        if (!text(spec, "nodeName").isEmpty()) {
            throw ApiException.conflict(CONFLICTED, name, "pod " + name + " is already assigned to node \"" + text(spec, "nodeName") + "\"");
        }
        if (!items(spec, "schedulingGates").isEmpty()) {
            throw ApiException.conflict(CONFLICTED, name, "pod " + name + " has non-empty .spec.schedulingGates");
        }
        spec.put("nodeName", text(binding, "target", "name"));
        for (String field : new String[] {"annotations", "labels"}) {
            Map<String, String> added = strings(object(binding, "metadata"), field);
            if (!added.isEmpty()) {
                ObjectNode map = ensureObject(metadata, field);
                added.forEach(map::put);
            }
        }
        scheduled(ensureObject(pod, "status"));
        return pod;
    }

    private void scheduled(ObjectNode status) {
        ObjectNode condition = items(status, "conditions").stream().filter(c -> text(c, "type").equals("PodScheduled")).findFirst()
                .orElseGet(() -> ensureArray(status, "conditions").addObject().put("type", "PodScheduled"));
        if (!text(condition, "status").equals("True")) {
            condition.put("lastTransitionTime", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        }
        condition.put("status", "True");
        condition.remove(List.of("reason", "message"));
    }
}
