package io.jakube.scheduler.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import io.jakube.common.metrics.MetricsText;
import io.jakube.scheduler.cycle.Decision;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Health, metrics and explanations. */
@Path("/")
@ApplicationScoped
public class SchedulerResource {
    private SchedulerService service;

    /** For the container's proxy. */
    protected SchedulerResource() {}

    @Inject
    public SchedulerResource(SchedulerService service) {
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
        return service.ready() ? Response.ok("ok").build() : Response.status(503).entity("the scheduler has not read the cluster's objects yet").build();
    }

    /** Counters in the Prometheus text format. */
    @GET
    @Path("metrics")
    @Produces(MetricsText.CONTENT_TYPE)
    public String metrics() {
        MetricsText text = new MetricsText();
        text.family("leader_election_master_status", "gauge", "Whether this process leads.").series(service.leading() ? 1 : 0, "name", SchedulerService.LEASE);
        service.describe(text);
        return text.process().toString();
    }

    /** What the scheduler would do with a pod now, and why. */
    @GET
    @Path("why/{namespace}/{pod}")
    @Produces(MediaType.APPLICATION_JSON)
    public Response why(@PathParam("namespace") String namespace, @PathParam("pod") String pod) {
        Optional<Decision> decision = service.explain(namespace, pod);
        if (decision.isEmpty()) {
            String reason = service.leading() ? "there is no pod " + namespace + "/" + pod : "this process does not lead; ask the leader named in lease kube-system/" + SchedulerService.LEASE;
            return Response.status(404).entity(text(Json.object().put("message", reason))).build();
        }
        ObjectNode answer = Json.object();
        switch (decision.get()) {
            case Decision.Scheduled scheduled -> {
                answer.put("node", scheduled.node());
                ObjectNode scores = answer.putObject("scores");
                scheduled.scores().forEach(scores::put);
            }
            case Decision.Unschedulable unschedulable -> {
                answer.put("message", unschedulable.message());
                ObjectNode nodes = answer.putObject("rejected");
                unschedulable.reasons().forEach(nodes::put);
                if (unschedulable.preemption() != null) {
                    answer.putObject("preemption").put("node", unschedulable.preemption().node()).put("victims", unschedulable.preemption().victims().size());
                }
            }
        }
        return Response.ok(text(answer)).build();
    }

    private static String text(ObjectNode node) {
        return new String(Json.write(node), StandardCharsets.UTF_8);
    }
}
