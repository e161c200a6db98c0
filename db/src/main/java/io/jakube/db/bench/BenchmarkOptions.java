package io.jakube.db.bench;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What to measure.
 *
 * @param loads the parts to run
 * @param step how long each load runs on each side of a pair
 * @param pairs how often each pair is repeated
 * @param againstEtcd whether a stock etcd server is the other side
 * @param lists numbers of keys to list
 * @param keys keys of the part {@code scale}
 * @param revisions revisions of the part {@code scale}, at least as many as keys
 */
public record BenchmarkOptions(Set<Load> loads, Duration step, int pairs, boolean againstEtcd, List<Integer> lists, int keys, int revisions) {
    /** Parts of the benchmark. */
    public enum Load { WRITES, READS, LISTS, WATCH, WRITERS, COMPACTION, SCALE }

    public BenchmarkOptions {
        loads = Set.copyOf(loads);
        requireNonNull(step, "step is null");
        lists = List.copyOf(lists);
        if (pairs < 1 || keys < 1 || revisions < keys) {
            throw new IllegalArgumentException("a benchmark needs at least one pair, one key and as many revisions as keys");
        }
    }

    /** A command line that {@link #parse} understands. */
    public List<String> arguments() {
        return List.of(
                loads.stream().map(load -> load.name().toLowerCase(Locale.ROOT)).sorted().collect(Collectors.joining(",")), String.valueOf(step.toMillis()),
                String.valueOf(pairs), String.valueOf(againstEtcd), lists.stream().map(String::valueOf).collect(Collectors.joining(",")), String.valueOf(keys), String.valueOf(revisions));
    }

    static BenchmarkOptions parse(List<String> arguments) {
        Set<Load> loads = EnumSet.noneOf(Load.class);
        for (String load : arguments.get(0).split(",")) {
            loads.add(Load.valueOf(load.toUpperCase(Locale.ROOT)));
        }
        List<Integer> lists = new ArrayList<>();
        for (String list : arguments.get(4).split(",")) {
            lists.add(Integer.valueOf(list));
        }
        return new BenchmarkOptions(
                loads, Duration.ofMillis(Long.parseLong(arguments.get(1))), Integer.parseInt(arguments.get(2)), Boolean.parseBoolean(arguments.get(3)), lists,
                Integer.parseInt(arguments.get(5)), Integer.parseInt(arguments.get(6)));
    }
}
