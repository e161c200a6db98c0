package io.jakube.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The summary of a pod that the READY, STATUS and RESTARTS columns show.
 *
 * @param ready ready containers, restartable init containers included
 * @param total containers, restartable init containers included
 * @param reason one word for the pod's state
 * @param restarts restarts of all containers that count
 * @param lastRestart when the latest of them ended; null where unknown
 */
record PodStatus(int ready, int total, String reason, long restarts, @org.jspecify.annotations.Nullable Instant lastRestart) {
    static PodStatus of(JsonNode pod) {
        return new Summary(pod).result();
    }

    String restartsCell(Instant now) {
        return restarts == 0 || lastRestart == null ? Long.toString(restarts) : restarts + " (" + HumanDuration.of(java.time.Duration.between(lastRestart, now)) + " ago)";
    }

    private static final class Summary {
        private final JsonNode pod;
        private int ready;
        private int total;
        private String reason;
        private long restarts;
        private @org.jspecify.annotations.Nullable Instant lastRestart;
        private long sidecarRestarts;
        private @org.jspecify.annotations.Nullable Instant lastSidecarRestart;

        Summary(JsonNode pod) {
            this.pod = pod;
            this.total = Cells.at(pod, "spec", "containers").size();
            String phase = Cells.text(pod, "status", "phase");
            this.reason = Cells.textOr(phase, pod, "status", "reason");
        }

        PodStatus result() {
            if ("Pending".equals(Cells.text(pod, "status", "phase"))) {
                for (JsonNode condition : Cells.at(pod, "status", "conditions")) {
                    if ("PodScheduled".equals(condition.path("type").asText()) && "SchedulingGated".equals(condition.path("reason").asText())) {
                        reason = "SchedulingGated";
                    }
                }
            }
            boolean initializing = initContainers();
            if (!initializing || isTrue("Initialized")) {
                containers();
            }
            if (pod.path("metadata").hasNonNull("deletionTimestamp")) {
                String phase = Cells.text(pod, "status", "phase");
                if ("NodeLost".equals(Cells.text(pod, "status", "reason"))) {
                    reason = "Unknown";
                } else if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
                    reason = "Terminating";
                }
            }
            return new PodStatus(ready, total, reason, restarts, lastRestart);
        }

        private boolean isTrue(String condition) {
            return "True".equals(Cells.condition(pod, condition));
        }

        private boolean initContainers() {
            Map<String, JsonNode> specs = new HashMap<>();
            Cells.at(pod, "spec", "initContainers").forEach(spec -> {
                specs.put(spec.path("name").asText(), spec);
                if (restartable(spec)) {
                    total++;
                }
            });
            int index = 0;
            boolean initializing = false;
            for (JsonNode status : Cells.at(pod, "status", "initContainerStatuses")) {
                restarts += status.path("restartCount").asLong();
                lastRestart = later(lastRestart, status);
                JsonNode spec = specs.getOrDefault(status.path("name").asText(), com.fasterxml.jackson.databind.node.MissingNode.getInstance());
                if (restartable(spec)) {
                    sidecarRestarts += status.path("restartCount").asLong();
                    lastSidecarRestart = later(lastSidecarRestart, status);
                }
                JsonNode terminated = Cells.at(status, "state", "terminated");
                JsonNode waiting = Cells.at(status, "state", "waiting");
                if (terminated.isObject() && terminated.path("exitCode").asInt() == 0) {
                    index++;
                    continue;
                }
                if (restartable(spec) && status.path("started").asBoolean()) {
                    if (status.path("ready").asBoolean()) {
                        ready++;
                    }
                    index++;
                    continue;
                }
                if (initializing) {
                    index++;
                    continue;
                }
                initializing = true;
                if (terminated.isObject()) {
                    reason = "Init:" + terminatedReason(terminated);
                } else if (!waiting.path("reason").asText("").isEmpty() && !waiting.path("reason").asText().equals("PodInitializing")) {
                    reason = "Init:" + waiting.path("reason").asText();
                } else {
                    reason = "Init:" + index + "/" + specs.size();
                }
                index++;
            }
            return initializing;
        }

        private void containers() {
            restarts = sidecarRestarts;
            lastRestart = lastSidecarRestart;
            boolean running = false;
            JsonNode statuses = Cells.at(pod, "status", "containerStatuses");
            for (int i = statuses.size() - 1; i >= 0; i--) {
                JsonNode status = statuses.get(i);
                restarts += status.path("restartCount").asLong();
                lastRestart = later(lastRestart, status);
                JsonNode waiting = Cells.at(status, "state", "waiting");
                JsonNode terminated = Cells.at(status, "state", "terminated");
                if (!waiting.path("reason").asText("").isEmpty()) {
                    reason = waiting.path("reason").asText();
                } else if (terminated.isObject()) {
                    reason = terminatedReason(terminated);
                } else if (status.path("ready").asBoolean() && Cells.at(status, "state", "running").isObject()) {
                    running = true;
                    ready++;
                }
            }
            if (reason.equals("Completed") && running) {
                reason = isTrue("Ready") ? "Running" : "NotReady";
            }
        }

        private static String terminatedReason(JsonNode terminated) {
            String reason = terminated.path("reason").asText("");
            if (!reason.isEmpty()) {
                return reason;
            }
            int signal = terminated.path("signal").asInt();
            return signal != 0 ? "Signal:" + signal : "ExitCode:" + terminated.path("exitCode").asInt();
        }

        private static boolean restartable(JsonNode spec) {
            return "Always".equals(spec.path("restartPolicy").asText());
        }

        private static @org.jspecify.annotations.Nullable Instant later(@org.jspecify.annotations.Nullable Instant known, JsonNode status) {
            Instant finished = HumanDuration.parse(Cells.text(status, "lastState", "terminated", "finishedAt"));
            return finished == null || (known != null && known.isAfter(finished)) ? known : finished;
        }
    }
}
