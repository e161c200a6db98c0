package io.jakube.controller.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.json.Json;
import io.jakube.common.metrics.MetricsText;
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
    @Produces(MetricsText.CONTENT_TYPE)
    public String metrics() {
        MetricsText text = new MetricsText();
        text.family("leader_election_master_status", "gauge", "Whether this process leads.").series(service.leading() ? 1 : 0, "name", ControllerService.LEASE);
        metric(text, "workqueue_depth", "gauge", "Keys waiting.", ReconcileLoop::depth);
        metric(text, "workqueue_adds_total", "counter", "Keys added.", ReconcileLoop::adds);
        metric(text, "workqueue_retries_total", "counter", "Steps that failed and were tried again.", ReconcileLoop::failures);
        text.family("workqueue_work_duration_seconds", "histogram", "How long steps took.");
        service.loops().forEach(loop -> text.series(loop.durations(), "name", loop.name()));
        return text.process().toString();
    }

    private void metric(MetricsText text, String name, String type, String help, ToLongFunction<ReconcileLoop> value) {
        text.family(name, type, help);
        service.loops().forEach(loop -> text.series(value.applyAsLong(loop), "name", loop.name()));
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
