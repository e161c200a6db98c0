package io.jakube.controller.deployment;

import static io.jakube.controller.pods.Numbers.orZero;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.jakube.controller.pods.Numbers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many pods each replica set of a deployment should have. Sizes are given by replica set name; sets that keep their size are left out.
 *
 * @param replicas wanted pods
 * @param maxSurge pods above that during a rolling update; 0 for Recreate
 * @param maxUnavailable pods that may be missing during one; 0 for Recreate
 */
record Scaling(int replicas, int maxSurge, int maxUnavailable) {
    static Scaling of(Deployment deployment) {
        int replicas = replicas(deployment);
        if (recreates(deployment)) {
            return new Scaling(replicas, 0, 0);
        }
        RollingUpdateDeployment rolling = deployment.getSpec().getStrategy() == null ? null : deployment.getSpec().getStrategy().getRollingUpdate();
        int surge = rolling == null ? 0 : Numbers.scaled(rolling.getMaxSurge(), replicas, true);
        int unavailable = rolling == null ? 0 : Numbers.scaled(rolling.getMaxUnavailable(), replicas, false);
        // Both may round to zero, and nothing would ever move.
        return new Scaling(replicas, surge, surge == 0 && unavailable == 0 ? 1 : Math.min(unavailable, replicas));
    }

    static boolean recreates(Deployment deployment) {
        return deployment.getSpec().getStrategy() != null && "Recreate".equals(deployment.getSpec().getStrategy().getType());
    }

    static int replicas(Deployment deployment) {
        return deployment.getSpec().getReplicas() == null ? 1 : deployment.getSpec().getReplicas();
    }

    static int replicas(ReplicaSet set) {
        return set.getSpec().getReplicas() == null ? 1 : set.getSpec().getReplicas();
    }

    static int total(Collection<ReplicaSet> sets) {
        return sets.stream().mapToInt(Scaling::replicas).sum();
    }

    static int available(@Nullable ReplicaSet set) {
        return set == null || set.getStatus() == null ? 0 : orZero(set.getStatus().getAvailableReplicas());
    }

    int maxTotal() {
        return replicas + maxSurge;
    }

    /** Size of the current replica set in a rolling update: as far up as the surge allows. */
    int forCurrent(int currentSize, int totalOfAll, boolean recreate) {
        if (recreate) {
            return replicas;
        }
        if (totalOfAll >= maxTotal()) {
            return currentSize;
        }
        return Math.min(currentSize + Math.min(maxTotal() - totalOfAll, replicas - currentSize), Math.max(replicas, currentSize));
    }

    /** A rolling update's next shrinking of old sets: unhealthy pods first, then as many as may be missing. */
    Map<String, Integer> shrinkOld(ReplicaSet current, List<ReplicaSet> old) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        List<ReplicaSet> active = old.stream().filter(set -> replicas(set) > 0).sorted(Revisions.OLDEST_FIRST).toList();
        if (active.isEmpty()) {
            return sizes;
        }
        int minAvailable = replicas - maxUnavailable;
        int total = total(active) + replicas(current);
        int mayGo = total - minAvailable - (replicas(current) - available(current));
        if (mayGo <= 0) {
            return sizes;
        }
        int unhealthyGone = 0;
        for (ReplicaSet set : active) {
            int unhealthy = replicas(set) - available(set);
            int gone = Math.min(mayGo - unhealthyGone, unhealthy);
            if (gone > 0) {
                sizes.put(name(set), replicas(set) - gone);
                unhealthyGone += gone;
            }
        }
        int availableNow = available(current) + active.stream().mapToInt(Scaling::available).sum();
        int healthyLeft = availableNow - minAvailable;
        for (ReplicaSet set : active) {
            int size = sizes.getOrDefault(name(set), replicas(set));
            int gone = Math.min(size, healthyLeft);
            if (gone > 0) {
                sizes.put(name(set), size - gone);
                healthyLeft -= gone;
            }
        }
        return sizes;
    }

    /**
     * The deployment was scaled in the middle of a rollout (or between rollouts): the one active set gets all, a saturated current set empties the
     * old ones, else all share the difference in proportion to their size.
     */
    Map<String, Integer> spread(@Nullable ReplicaSet current, List<ReplicaSet> old, boolean rolling, @Nullable Integer statusReplicas) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        List<ReplicaSet> all = new ArrayList<>(old);
        if (current != null) {
            all.add(current);
        }
        List<ReplicaSet> active = all.stream().filter(set -> replicas(set) > 0).toList();
        if (active.size() <= 1) {
            ReplicaSet only = active.isEmpty() ? current != null ? current : all.stream().max(Revisions.OLDEST_FIRST).orElse(null) : active.getFirst();
            if (only != null) {
                sizes.put(name(only), replicas);
            }
            return sizes;
        }
        if (current != null && replicas(current) == replicas && available(current) == replicas) {
            old.stream().filter(set -> replicas(set) > 0).forEach(set -> sizes.put(name(set), 0));
            return sizes;
        }
        if (!rolling) {
            active.forEach(set -> sizes.put(name(set), replicas(set)));
            return sizes;
        }
        int allowed = replicas > 0 ? maxTotal() : 0;
        int toAdd = allowed - total(active);
        Comparator<ReplicaSet> bySize = Comparator.comparing(set -> -replicas(set));
        List<ReplicaSet> ordered = active.stream().sorted(bySize.thenComparing(toAdd > 0 ? Revisions.OLDEST_FIRST.reversed() : Revisions.OLDEST_FIRST)).toList();
        int added = 0;
        for (ReplicaSet set : ordered) {
            int share = toAdd == 0 ? 0 : proportion(set, toAdd, added, statusReplicas);
            sizes.put(name(set), replicas(set) + share);
            added += share;
        }
        String first = name(ordered.getFirst());
        sizes.computeIfPresent(first, leftOver(toAdd - added));
        return sizes;
    }

    private static java.util.function.BiFunction<String, Integer, Integer> leftOver(int left) {
        return (name, size) -> Math.max(0, size + left);
    }

    private int proportion(ReplicaSet set, int toAdd, int added, @Nullable Integer statusReplicas) {
        if (replicas(set) == 0 || toAdd == added) {
            return 0;
        }
        int fraction;
        if (replicas == 0) {
            fraction = -replicas(set);
        } else {
            String annotated = Revisions.annotations(set).get(Revisions.MAX);
            int before = annotated != null ? Integer.parseInt(annotated) : orZero(statusReplicas);
            fraction = before == 0 ? 0 : (int) Math.round((double) replicas(set) * maxTotal() / before) - replicas(set);
        }
        int left = toAdd - added;
        return toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
    }

    private static String name(ReplicaSet set) {
        return set.getMetadata().getName();
    }
}
