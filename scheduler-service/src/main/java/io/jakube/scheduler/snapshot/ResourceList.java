package io.jakube.scheduler.snapshot;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Amounts of resources: {@code cpu} in milli-cores, everything else in its base unit (bytes, counts). Immutable.
 *
 * @param amounts by resource name; a resource that is absent counts as zero
 */
public record ResourceList(Map<String, Long> amounts) {
    public static final ResourceList EMPTY = new ResourceList(Map.of());
    public static final String CPU = "cpu";
    public static final String MEMORY = "memory";
    public static final String PODS = "pods";

    /** What a container counts as when it asks for nothing, in scores only (upstream: 100m and 200 MB). */
    private static final Map<String, Long> NON_ZERO = Map.of(CPU, 100L, MEMORY, 200L * 1024 * 1024);

    public ResourceList {
        amounts = Map.copyOf(amounts);
    }

    public static ResourceList of(@Nullable Map<String, Quantity> quantities) {
        if (quantities == null || quantities.isEmpty()) {
            return EMPTY;
        }
        Map<String, Long> amounts = new HashMap<>();
        quantities.forEach((name, quantity) -> amounts.put(name, amount(name, quantity)));
        return new ResourceList(amounts);
    }

    private static long amount(String name, Quantity quantity) {
        BigDecimal value = Quantity.getAmountInBytes(quantity);
        return (name.equals(CPU) ? value.movePointRight(3) : value).setScale(0, RoundingMode.CEILING).longValue();
    }

    public long get(String name) {
        return amounts.getOrDefault(name, 0L);
    }

    public ResourceList plus(ResourceList other) {
        return combine(other, 1);
    }

    public ResourceList minus(ResourceList other) {
        return combine(other, -1);
    }

    private ResourceList combine(ResourceList other, int sign) {
        Map<String, Long> sum = new HashMap<>(amounts);
        other.amounts.forEach((name, value) -> sum.merge(name, sign * value, Long::sum));
        return new ResourceList(sum);
    }

    private ResourceList max(ResourceList other) {
        Map<String, Long> max = new HashMap<>(amounts);
        other.amounts.forEach((name, value) -> max.merge(name, value, Math::max));
        return new ResourceList(max);
    }

    /**
     * What a pod asks of a node: the sum of its containers and restartable init containers, or the largest init step if that is more, plus overhead
     * (KEP-753). Pod-level requests take precedence where set (KEP-2837).
     */
    public static ResourceList requestsOf(Pod pod) {
        return requests(pod, false);
    }

    /** As {@link #requestsOf}, with every container counted as asking for at least a little, as scores want it. */
    public static ResourceList nonZeroRequestsOf(Pod pod) {
        return requests(pod, true);
    }

    private static ResourceList requests(Pod pod, boolean nonZero) {
        ResourceList containers = EMPTY;
        for (Container container : nullToEmpty(pod.getSpec().getContainers())) {
            containers = containers.plus(requests(container, nonZero));
        }
        ResourceList sidecars = EMPTY;
        ResourceList largestInit = EMPTY;
        for (Container init : nullToEmpty(pod.getSpec().getInitContainers())) {
            ResourceList own = requests(init, nonZero);
            if ("Always".equals(init.getRestartPolicy())) {
                sidecars = sidecars.plus(own);
                largestInit = largestInit.max(sidecars);
            } else {
                largestInit = largestInit.max(sidecars.plus(own));
            }
        }
        ResourceList total = containers.plus(sidecars).max(largestInit);
        if (pod.getSpec().getResources() != null) {
            Map<String, Long> overridden = new HashMap<>(total.amounts);
            overridden.putAll(of(pod.getSpec().getResources().getRequests()).amounts);
            total = new ResourceList(overridden);
        }
        return total.plus(of(pod.getSpec().getOverhead()));
    }

    private static ResourceList requests(Container container, boolean nonZero) {
        ResourceList own = container.getResources() == null ? EMPTY : of(container.getResources().getRequests());
        if (!nonZero) {
            return own;
        }
        Map<String, Long> amounts = new HashMap<>(NON_ZERO);
        amounts.putAll(own.amounts);
        return new ResourceList(amounts);
    }

    private static <T> List<T> nullToEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
