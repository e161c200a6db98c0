package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionPlugin;
import io.jakube.apiserver.admission.AdmissionRequest;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.json.Json;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The admission chain. The server's own writes do not pass it. Thread-safe once installed. */
public final class Admission {
    private volatile List<AdmissionPlugin> plugins = List.of();

    /** Sets the chain, before the first request. */
    public void install(List<AdmissionPlugin> chain) {
        plugins = List.copyOf(chain);
    }

    /** One write on its way through the chain. */
    record Attempt(
            Operation operation, ResourceType type, String subresource, String namespace, String name, ObjectNode options, boolean dryRun, RequestContext context) {
        AdmissionRequest of(@Nullable ObjectNode object, @Nullable ObjectNode old) {
            return new AdmissionRequest(operation, type.definition(), subresource, namespace, name, object, old, options, dryRun, context);
        }
    }

    void mutate(AdmissionRequest request) {
        if (!internal(request.context())) {
            plugins.forEach(plugin -> plugin.mutate(request));
        }
    }

    void validate(AdmissionRequest request) {
        if (!internal(request.context())) {
            plugins.forEach(plugin -> plugin.validate(request));
        }
    }

    /** Tells the chain what became of a request it has been asked to validate, whether it passed or not. */
    void finished(AdmissionRequest request, boolean stored) {
        if (!internal(request.context())) {
            plugins.forEach(plugin -> plugin.finished(request, stored));
        }
    }

    /** Does what a create asks for that stores no object of its own, if the chain admits it. */
    <T> T create(AdmissionRequest request, Supplier<T> action) {
        boolean done = false;
        mutate(request);
        try {
            validate(request);
            T result = action.get();
            done = !request.dryRun();
            return result;
        } finally {
            finished(request, done);
        }
    }

    /**
     * Asks the chain about a connection to an object's subresource (exec, attach, port-forward, proxy).
     *
     * @param options the request's options object, such as {@code PodExecOptions}
     * @throws io.jakube.common.status.ApiException where a plugin refuses
     */
    public void connect(ResourceDefinition resource, ObjectNode options, RequestContext context) {
        RequestInfo info = context.info();
        AdmissionRequest request = new AdmissionRequest(
                Operation.CONNECT, resource, info.subresource(), info.namespace(), info.name(), options, null, Json.object(), false, context);
        mutate(request);
        validate(request);
    }

    private static boolean internal(RequestContext context) {
        return context.request() instanceof InternalRequest;
    }
}
