package io.jakube.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.api.GroupResource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tables of the groups apps, batch, autoscaling and policy. */
final class WorkloadPrinters {
    private WorkloadPrinters() {}

    static void register(Map<GroupResource, TablePrinter> printers) {
        printers.put(new GroupResource("apps", "deployments"), Printer.named()
                .text("Ready", o -> Cells.number(o, "status", "readyReplicas") + "/" + Cells.number(o, "spec", "replicas"))
                .number("Up-to-date", "status", "updatedReplicas").number("Available", "status", "availableReplicas").age().wideTemplate("selector").build());
        printers.put(new GroupResource("apps", "replicasets"), Printer.named()
                .number("Desired", "spec", "replicas").number("Current", "status", "replicas").number("Ready", "status", "readyReplicas").age().wideTemplate("selector").build());
        printers.put(new GroupResource("apps", "statefulsets"), Printer.named()
                .text("Ready", o -> Cells.number(o, "status", "readyReplicas") + "/" + Cells.number(o, "spec", "replicas")).age()
                .wide("Containers", o -> Cells.containers(Cells.at(o, "spec", "template", "spec"), "name"))
                .wide("Images", o -> Cells.containers(Cells.at(o, "spec", "template", "spec"), "image")).build());
        printers.put(new GroupResource("apps", "daemonsets"), Printer.named()
                .number("Desired", "status", "desiredNumberScheduled").number("Current", "status", "currentNumberScheduled").number("Ready", "status", "numberReady")
                .number("Up-to-date", "status", "updatedNumberScheduled").number("Available", "status", "numberAvailable")
                .text("Node Selector", o -> Cells.labels(Cells.at(o, "spec", "template", "spec", "nodeSelector"))).age().wideTemplate("selector").build());
        printers.put(new GroupResource("apps", "controllerrevisions"), Printer.named()
                .text("Controller", WorkloadPrinters::controller).number("Revision", "revision").age().build());
        printers.put(new GroupResource("batch", "jobs"), Printer.named()
                .text("Status", WorkloadPrinters::jobStatus).text("Completions", WorkloadPrinters::completions).timed("Duration", WorkloadPrinters::jobDuration).age().wideTemplate("selector").build());
        printers.put(new GroupResource("batch", "cronjobs"), Printer.named()
                .text("Schedule", o -> Cells.text(o, "spec", "schedule")).text("Timezone", o -> Cells.textOr(Cells.NONE, o, "spec", "timeZone"))
                .text("Suspend", o -> Cells.at(o, "spec", "suspend").asBoolean() ? "True" : "False").number("Active", o -> (long) Cells.at(o, "status", "active").size())
                .timed("Last Schedule", (o, now) -> Cells.text(o, "status", "lastScheduleTime").isEmpty() ? Cells.NONE : HumanDuration.since(Cells.text(o, "status", "lastScheduleTime"), now)).age()
                .wide("Containers", o -> Cells.containers(Cells.at(o, "spec", "jobTemplate", "spec", "template", "spec"), "name"))
                .wide("Images", o -> Cells.containers(Cells.at(o, "spec", "jobTemplate", "spec", "template", "spec"), "image"))
                .wide("Selector", o -> Cells.selector(Cells.at(o, "spec", "jobTemplate", "spec", "selector"))).build());
        printers.put(new GroupResource("autoscaling", "horizontalpodautoscalers"), Printer.named()
                .text("Reference", o -> Cells.text(o, "spec", "scaleTargetRef", "kind") + "/" + Cells.text(o, "spec", "scaleTargetRef", "name"))
                .text("Targets", WorkloadPrinters::targets)
                .text("MinPods", o -> Cells.textOr("<unset>", o, "spec", "minReplicas")).number("MaxPods", "spec", "maxReplicas").number("Replicas", "status", "currentReplicas").age().build());
        printers.put(new GroupResource("policy", "poddisruptionbudgets"), Printer.named()
                .text("Min Available", o -> Cells.textOr("N/A", o, "spec", "minAvailable")).text("Max Unavailable", o -> Cells.textOr("N/A", o, "spec", "maxUnavailable"))
                .number("Allowed Disruptions", "status", "disruptionsAllowed").age().build());
    }

    private static String controller(JsonNode revision) {
        for (JsonNode owner : Cells.at(revision, "metadata", "ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                String apiVersion = owner.path("apiVersion").asText();
                String group = apiVersion.contains("/") ? "." + apiVersion.substring(0, apiVersion.indexOf('/')) : "";
                return owner.path("kind").asText().toLowerCase(java.util.Locale.ROOT) + group + "/" + owner.path("name").asText();
            }
        }
        return Cells.NONE;
    }

    private static String jobStatus(JsonNode job) {
        if ("True".equals(Cells.condition(job, "Complete"))) {
            return "Complete";
        }
        if ("True".equals(Cells.condition(job, "Failed"))) {
            return "Failed";
        }
        if (job.path("metadata").hasNonNull("deletionTimestamp")) {
            return "Terminating";
        }
        if ("True".equals(Cells.condition(job, "Suspended"))) {
            return "Suspended";
        }
        if ("True".equals(Cells.condition(job, "FailureTarget"))) {
            return "FailureTarget";
        }
        return "True".equals(Cells.condition(job, "SuccessCriteriaMet")) ? "SuccessCriteriaMet" : "Running";
    }

    private static String completions(JsonNode job) {
        long succeeded = Cells.number(job, "status", "succeeded");
        if (Cells.at(job, "spec").hasNonNull("completions")) {
            return succeeded + "/" + Cells.number(job, "spec", "completions");
        }
        long parallelism = Cells.number(job, "spec", "parallelism");
        return parallelism > 1 ? succeeded + "/1 of " + parallelism : succeeded + "/1";
    }

    private static String jobDuration(JsonNode job, Instant now) {
        Instant start = HumanDuration.parse(Cells.text(job, "status", "startTime"));
        if (start == null) {
            return "";
        }
        Instant end = HumanDuration.parse(Cells.text(job, "status", "completionTime"));
        if (end == null) {
            end = failedAt(job);
        }
        return HumanDuration.of(Duration.between(start, end == null ? now : end));
    }

    private static @Nullable Instant failedAt(JsonNode job) {
        for (JsonNode condition : Cells.at(job, "status", "conditions")) {
            if ("Failed".equals(condition.path("type").asText()) && "True".equals(condition.path("status").asText())) {
                return HumanDuration.parse(condition.path("lastTransitionTime").asText());
            }
        }
        return null;
    }

    private static String targets(JsonNode autoscaler) {
        JsonNode metrics = Cells.at(autoscaler, "spec", "metrics");
        if (metrics.isEmpty()) {
            return Cells.NONE;
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < metrics.size() && i < 2; i++) {
            JsonNode metric = metrics.get(i);
            String type = metric.path("type").asText();
            String field = Character.toLowerCase(type.charAt(0)) + type.substring(1);
            JsonNode target = metric.path(field).path("target");
            JsonNode current = Cells.at(autoscaler, "status", "currentMetrics").path(i).path(field).path("current");
            String prefix = metric.path(field).hasNonNull("name") ? metric.path(field).path("name").asText() + ": " : "";
            if (target.hasNonNull("averageUtilization")) {
                String now = current.hasNonNull("averageUtilization") ? current.path("averageUtilization").asText() + "%" : "<unknown>";
                parts.add(prefix + now + "/" + target.path("averageUtilization").asText() + "%");
            } else {
                String wanted = target.hasNonNull("averageValue") ? "averageValue" : "value";
                parts.add(prefix + current.path(wanted).asText("<unknown>") + "/" + target.path(wanted).asText() + (wanted.equals("averageValue") && !type.equals("Pods") ? " (avg)" : ""));
            }
        }
        String text = String.join(", ", parts);
        return metrics.size() > 2 ? text + " + " + (metrics.size() - 2) + " more..." : text;
    }
}
