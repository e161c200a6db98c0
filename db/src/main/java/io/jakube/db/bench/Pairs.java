package io.jakube.db.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures that were taken in turns, so that a noisy machine is noisy for both sides of a pair. */
final class Pairs {
    private Pairs() {}

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The median of the pairs' ratios, and from the smallest to the largest of them. */
    static String ratios(List<Double> left, List<Double> right) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < left.size(); i++) {
            ratios.add(left.get(i) / right.get(i));
        }
        List<Double> sorted = ratios.stream().sorted().toList();
        return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", median(ratios), sorted.getFirst(), sorted.getLast());
    }
}
