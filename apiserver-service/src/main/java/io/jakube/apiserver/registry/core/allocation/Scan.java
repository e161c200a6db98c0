package io.jakube.apiserver.registry.core.allocation;

import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;

/** Walks a range once, from a random place round to it again, so that servers rarely contend for the same number. */
final class Scan {
    private Scan() {}

    /** The first number in [from, to) that is taken by the predicate. */
    static OptionalLong circular(long from, long to, RandomGenerator random, LongPredicate take) {
        long size = to - from;
        if (size <= 0) {
            return OptionalLong.empty();
        }
        long start = random.nextLong(size);
        for (long i = 0; i < size; i++) {
            long candidate = from + (start + i) % size;
            if (take.test(candidate)) {
                return OptionalLong.of(candidate);
            }
        }
        return OptionalLong.empty();
    }
}
