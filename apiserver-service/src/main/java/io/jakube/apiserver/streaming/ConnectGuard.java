package io.jakube.apiserver.streaming;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.authorization.Authorizer;
import io.jakube.apiserver.authorization.Refusal;
import io.jakube.apiserver.registry.Admission;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.api.ResourceRegistry;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.util.List;
import java.util.Map;

/** What a connection must pass after authentication and authorization of its HTTP verb, and before it is made. Thread-safe. */
public final class ConnectGuard {
    private final Authorizer authorizer;
    private final Admission admission;
    private final ResourceRegistry resources;

    public ConnectGuard(Authorizer authorizer, Admission admission, ResourceRegistry resources) {
        this.authorizer = requireNonNull(authorizer, "authorizer is null");
        this.admission = requireNonNull(admission, "admission is null");
        this.resources = requireNonNull(resources, "resources is null");
    }

    /**
     * A WebSocket begins with a GET, but opens what a POST opens: it needs the verb {@code create} as well (KEP-5470).
     *
     * @throws ApiException 403
     */
    public void requireCreate(RequestContext context) {
        RequestInfo info = context.info();
        if (info.verb().equals("create")) {
            return;
        }
        RequestInfo creation = new RequestInfo(
                true, "create", info.path(), info.group(), info.version(), info.namespace(), info.resource(), info.subresource(), info.name(), info.subpath());
        Authorizer.Decision decision = authorizer.authorize(context.user(), creation);
        if (!decision.allowed()) {
            throw Refusal.forbidden(context.user(), creation, decision.reason());
        }
    }

    /**
     * Asks admission.
     *
     * @param kind of the options, such as {@code PodExecOptions}
     * @throws ApiException where admission refuses
     */
    public void admit(RequestContext context, String kind) {
        RequestInfo info = context.info();
        ResourceDefinition definition = resources.find(new GroupVersion(info.group(), info.version()), info.resource()).orElseThrow(ApiException::unknownPath);
        ObjectNode options = Json.object().put("apiVersion", "v1").put("kind", kind);
        for (Map.Entry<String, List<String>> parameter : context.request().query().entrySet()) {
            String name = parameter.getKey();
            switch (name) {
                case "command" -> parameter.getValue().forEach(options.withArray("command")::add);
                case "ports" -> parameter.getValue().forEach(options.withArray("ports")::add);
                case "stdin", "stdout", "stderr", "tty" -> options.put(name, CommandFlags.isSet(context.request(), name));
                case "container", "path" -> options.put(name, parameter.getValue().getFirst());
                default -> { }
            }
        }
        admission.connect(definition, options, context);
    }
}
