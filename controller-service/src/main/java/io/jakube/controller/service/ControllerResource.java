package io.jakube.controller.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.json.Json;
import io.jakube.controller.runtime.ReconcileLoop;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.function.ToLongFunction;

/** Health, metrics and explanations. */
@Path("/")
@ApplicationScoped
public class ControllerResource {
    private ControllerService service;

    /** For the container's proxy. */
    protected ControllerResource() {}

    @Inject
    public ControllerResource(ControllerService service) {
        this.service = service;
    }

    @GET
    @Path("{probe:healthz|livez}")
    @Produces(MediaType.TEXT_PLAIN)
    public String alive() {
        return "ok";
    }

    @GET
    @Path("readyz")
    @Produces(MediaType.TEXT_PLAIN)
    public Response ready() {
        return service.ready() ? Response.ok("ok").build() : Response.status(503).entity("the controllers have not read the cluster's objects yet").build();
    }

    /** Counters in the Prometheus text format. */
    @GET
    @Path("metrics")
    @Produces("text/plain; version=0.0.4")
    public String metrics() {
        StringBuilder text = new StringBuilder("# TYPE leader_election_master_status gauge\nleader_election_master_status{name=\"" + ControllerService.LEASE + "\"} " + (service.leading() ? 1 : 0) + "\n");
        metric(text, "workqueue_depth", "gauge", ReconcileLoop::depth);
        metric(text, "jakube_controller_steps_total", "counter", ReconcileLoop::steps);
        metric(text, "jakube_controller_failed_steps_total", "counter", ReconcileLoop::failures);
        return text.toString();
    }

    private void metric(StringBuilder text, String name, String type, ToLongFunction<ReconcileLoop> value) {
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        for (ReconcileLoop loop : service.loops()) {
            text.append(name).append("{name=\"").append(loop.name()).append("\"} ").append(value.applyAsLong(loop)).append('\n');
        }
    }

    /** What hinders the controllers from bringing an object to its wished state: the last failure of each that failed. */
    @GET
    @Path("why/{namespace}/{name}")
    @Produces(MediaType.APPLICATION_JSON)
    public String why(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        return problems(new ObjectKey(namespace, name));
    }

    /** The same for an object without namespace. */
    @GET
    @Path("why/{name}")
    @Produces(MediaType.APPLICATION_JSON)
    public String why(@PathParam("name") String name) {
        return problems(new ObjectKey("", name));
    }

    private String problems(ObjectKey key) {
        ObjectNode answer = Json.object();
        for (ReconcileLoop loop : service.loops()) {
            String problem = loop.problems().get(key);
            if (problem != null) {
                answer.put(loop.name(), problem);
            }
        }
        return new String(Json.write(answer), StandardCharsets.UTF_8);
    }
}
