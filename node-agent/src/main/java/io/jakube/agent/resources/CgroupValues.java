package io.jakube.agent.resources;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.jakube.agent.cri.v1.LinuxContainerResources;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Kernel values for requests and limits. CPU requests become shares (1024 for one processor, at least 2), CPU limits a quota per 100 ms
 * (at least 1 ms), and the out-of-memory score falls with the part of the machine's memory that a burstable container requests.
 *
 * @param cpuShares cgroup v1 scale
 * @param cpuQuota microseconds per {@link #CPU_PERIOD}; 0 for no limit
 * @param memoryLimit bytes; 0 for no limit
 */
public record CgroupValues(long cpuShares, long cpuQuota, long memoryLimit) {
    /** Microseconds. */
    public static final long CPU_PERIOD = 100_000;

    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;
    private static final long MIN_QUOTA = 1000;
    private static final int GUARANTEED_OOM_SCORE = -997;
    private static final int BEST_EFFORT_OOM_SCORE = 1000;
    private static final int SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

    public static CgroupValues of(@Nullable ResourceRequirements resources) {
        if (resources == null) {
            return new CgroupValues(MIN_SHARES, 0, 0);
        }
        Quantity request = Amounts.of(resources.getRequests(), "cpu");
        Quantity limit = Amounts.of(resources.getLimits(), "cpu");
        return new CgroupValues(
                shares(Amounts.milli(request == null ? limit : request)), quota(Amounts.milli(limit)), Amounts.bytes(Amounts.of(resources.getLimits(), "memory")));
    }

    /** The pod's own cgroup: the sum of its containers, limited only where each container is. */
    public static CgroupValues ofPod(PodSpec spec) {
        if (spec.getResources() != null && (spec.getResources().getLimits() != null || spec.getResources().getRequests() != null)) {
            return of(spec.getResources());
        }
        long requests = effective(spec, true, "cpu", true);
        long limits = effective(spec, false, "cpu", true);
        long memory = effective(spec, false, "memory", false);
        return new CgroupValues(
                shares(requests),
                allLimited(spec, "cpu") ? quota(limits + overhead(spec, "cpu", true)) : 0,
                allLimited(spec, "memory") ? memory + overhead(spec, "memory", false) : 0);
    }

    public static int oomScore(PodSpec spec, Container container, long machineMemory) {
        if (spec.getPriority() != null && spec.getPriority() >= SYSTEM_CRITICAL_PRIORITY) {
            return GUARANTEED_OOM_SCORE;
        }
        return switch (QosClass.of(spec)) {
            case GUARANTEED -> GUARANTEED_OOM_SCORE;
            case BEST_EFFORT -> BEST_EFFORT_OOM_SCORE;
            case BURSTABLE -> {
                ResourceRequirements resources = container.getResources();
                long request = resources == null ? 0 : Amounts.bytes(Amounts.of(resources.getRequests(), "memory"));
                long score = 1000 - 1000 * request / Math.max(1, machineMemory);
                yield (int) Math.clamp(score, 1000 + GUARANTEED_OOM_SCORE, BEST_EFFORT_OOM_SCORE - 1);
            }
        };
    }

    public LinuxContainerResources toCri(int oomScore) {
        return LinuxContainerResources.newBuilder()
                .setCpuShares(cpuShares)
                .setCpuPeriod(CPU_PERIOD)
                .setCpuQuota(cpuQuota)
                .setMemoryLimitInBytes(memoryLimit)
                .setOomScoreAdj(oomScore)
                .build();
    }

    /** What the pod takes of a node: the larger of its containers and its init phase, or its own request, with overhead; milli-CPU, else whole units. */
    public static long requested(PodSpec spec, String resource) {
        boolean milli = resource.equals("cpu");
        Quantity own = spec.getResources() == null ? null : Amounts.of(spec.getResources().getRequests(), resource);
        return (own == null ? effective(spec, true, resource, milli) : amount(own, resource)) + overhead(spec, resource, milli);
    }

    /** An amount in the unit of {@link #requested}. */
    public static long amount(Quantity quantity, String resource) {
        return resource.equals("cpu") ? Amounts.milli(quantity) : Amounts.bytes(quantity);
    }

    private static long shares(long milli) {
        return Math.clamp(milli * 1024 / 1000, MIN_SHARES, MAX_SHARES);
    }

    private static long quota(long milli) {
        return milli == 0 ? 0 : Math.max(MIN_QUOTA, milli * CPU_PERIOD / 1000);
    }

    private static boolean allLimited(PodSpec spec, String name) {
        return spec.getContainers().stream()
                .allMatch(c -> c.getResources() != null && Amounts.of(c.getResources().getLimits(), name) != null);
    }

    private static long overhead(PodSpec spec, String name, boolean milli) {
        Quantity quantity = Amounts.of(spec.getOverhead(), name);
        return milli ? Amounts.milli(quantity) : Amounts.bytes(quantity);
    }

    private static long effective(PodSpec spec, boolean requests, String name, boolean milli) {
        long sum = spec.getContainers().stream().mapToLong(c -> amount(c, requests, name, milli)).sum();
        long initMax = 0;
        long sidecars = 0;
        for (Container c : spec.getInitContainers() == null ? List.<Container>of() : spec.getInitContainers()) {
            long amount = amount(c, requests, name, milli);
            if ("Always".equals(c.getRestartPolicy())) {
                sidecars += amount;
                initMax = Math.max(initMax, sidecars);
            } else {
                initMax = Math.max(initMax, sidecars + amount);
            }
        }
        return Math.max(sum + sidecars, initMax);
    }

    private static long amount(Container container, boolean requests, String name, boolean milli) {
        ResourceRequirements resources = container.getResources();
        if (resources == null) {
            return 0;
        }
        Map<String, Quantity> limits = resources.getLimits();
        Quantity quantity = Amounts.of(requests ? resources.getRequests() : limits, name);
        if (quantity == null && requests) {
            quantity = Amounts.of(limits, name);
        }
        return milli ? Amounts.milli(quantity) : Amounts.bytes(quantity);
    }
}
