package io.jakube.agent.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.v1.ContainerStats;
import io.jakube.agent.cri.v1.CpuUsage;
import io.jakube.agent.cri.v1.MemoryUsage;
import io.jakube.agent.pod.Labels;
import io.jakube.agent.system.Host;
import io.jakube.common.json.Json;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CPU and memory of node, pods and containers in the shape of the kubelet's {@code stats/v1alpha1} Summary. CPU rates are computed between two
 * requests where the runtime gives none. Thread-safe.
 */
final class StatsSummary {
    private static final long NANOS_PER_TICK = 10_000_000;

    private record Sample(long nanoseconds, long at) {}

    private final ContainerRuntime runtime;
    private final String nodeName;
    private final Map<String, Sample> samples = new HashMap<>();

    StatsSummary(ContainerRuntime runtime, String nodeName) {
        this.runtime = runtime;
        this.nodeName = nodeName;
    }

    synchronized ObjectNode read() {
        ObjectNode summary = Json.object();
        ObjectNode node = summary.putObject("node").put("nodeName", nodeName);
        cpu(node, "", machineCpuNanos(), System.nanoTime(), Instant.now());
        long total = Host.memoryBytes();
        long available = Host.memoryAvailableBytes();
        node.putObject("memory")
                .put("time", Instant.now().toString())
                .put("availableBytes", available)
                .put("usageBytes", total - available)
                .put("workingSetBytes", total - available);
        ArrayNode pods = summary.putArray("pods");
        Map<String, ObjectNode> known = new LinkedHashMap<>();
        List<ContainerStats> all = runtime.listContainerStats(Map.of());
        samples.keySet().removeIf(id -> !id.isEmpty() && all.stream().noneMatch(s -> s.getAttributes().getId().equals(id)));
        for (ContainerStats stats : all) {
            Map<String, String> labels = stats.getAttributes().getLabelsMap();
            ObjectNode pod = known.computeIfAbsent(labels.getOrDefault(Labels.POD_UID, ""), uid -> {
                ObjectNode created = pods.addObject();
                created.putObject("podRef")
                        .put("name", labels.getOrDefault(Labels.POD_NAME, ""))
                        .put("namespace", labels.getOrDefault(Labels.POD_NAMESPACE, ""))
                        .put("uid", uid);
                created.putArray("containers");
                return created;
            });
            container(((ArrayNode) pod.get("containers")).addObject(), stats);
        }
        known.values().forEach(StatsSummary::sum);
        return summary;
    }

    private void container(ObjectNode target, ContainerStats stats) {
        target.put("name", stats.getAttributes().getLabelsOrDefault(Labels.CONTAINER_NAME, ""));
        CpuUsage cpu = stats.getCpu();
        long at = cpu.getTimestamp();
        Instant time = Instant.ofEpochSecond(0, at);
        cpu(target, stats.getAttributes().getId(), cpu.getUsageCoreNanoSeconds().getValue(), at, time);
        MemoryUsage memory = stats.getMemory();
        target.putObject("memory")
                .put("time", time.toString())
                .put("workingSetBytes", memory.getWorkingSetBytes().getValue())
                .put("usageBytes", memory.getUsageBytes().getValue())
                .put("rssBytes", memory.getRssBytes().getValue());
    }

    private void cpu(ObjectNode target, String id, long total, long at, Instant time) {
        Sample before = samples.put(id, new Sample(total, at));
        ObjectNode cpu = target.putObject("cpu").put("time", time.toString()).put("usageCoreNanoSeconds", total);
        cpu.put("usageNanoCores", before == null || at <= before.at() ? 0 : Math.max(0, (total - before.nanoseconds()) * 1_000_000_000L / (at - before.at())));
    }

    private static void sum(ObjectNode pod) {
        long nanoCores = 0;
        long nanoSeconds = 0;
        long workingSet = 0;
        for (var container : pod.get("containers")) {
            nanoCores += container.path("cpu").path("usageNanoCores").asLong();
            nanoSeconds += container.path("cpu").path("usageCoreNanoSeconds").asLong();
            workingSet += container.path("memory").path("workingSetBytes").asLong();
        }
        String now = Instant.now().toString();
        pod.putObject("cpu").put("time", now).put("usageNanoCores", nanoCores).put("usageCoreNanoSeconds", nanoSeconds);
        pod.putObject("memory").put("time", now).put("workingSetBytes", workingSet);
    }

    private static long machineCpuNanos() {
        String[] fields = Host.read("/proc/stat").lines().findFirst().orElse("cpu").split("\\s+");
        long ticks = 0;
        for (int i = 1; i < fields.length && i < 9; i++) {
            if (i != 4 && i != 5) {
                ticks += Long.parseLong(fields[i]);
            }
        }
        return ticks * NANOS_PER_TICK;
    }
}
