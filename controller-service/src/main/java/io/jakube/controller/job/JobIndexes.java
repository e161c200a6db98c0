package io.jakube.controller.job;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Sets of completion indexes, in the API's short form {@code 1,3-5,7}. */
final class JobIndexes {
    static final String INDEX = "batch.kubernetes.io/job-completion-index";
    static final String FAILURES = "batch.kubernetes.io/job-index-failure-count";

    private JobIndexes() {}

    /** Parts that are no numbers, or not below the limit, are left out. */
    static BitSet parse(@Nullable String text, int limit) {
        BitSet set = new BitSet();
        if (text == null || text.isEmpty()) {
            return set;
        }
        for (String part : text.split(",")) {
            try {
                int dash = part.indexOf('-');
                int from = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
                int to = Integer.parseInt(dash < 0 ? part : part.substring(dash + 1));
                if (from < limit) {
                    set.set(from, Math.min(to, limit - 1) + 1);
                }
            } catch (NumberFormatException e) {
                continue;
            }
        }
        return set;
    }

    static String format(BitSet set) {
        StringBuilder text = new StringBuilder();
        for (int from = set.nextSetBit(0); from >= 0; ) {
            int end = set.nextClearBit(from);
            text.append(text.isEmpty() ? "" : ",").append(from);
            if (end - from == 2) {
                text.append(',').append(end - 1);
            } else if (end - from > 2) {
                text.append('-').append(end - 1);
            }
            from = set.nextSetBit(end);
        }
        return text.toString();
    }

    /** A pod's completion index; -1 without. */
    static int of(Pod pod) {
        return number(pod, INDEX, -1);
    }

    /** Failures of its index before this pod. */
    static int failuresBefore(Pod pod) {
        return number(pod, FAILURES, 0);
    }

    private static int number(Pod pod, String annotation, int otherwise) {
        String text = pod.getMetadata().getAnnotations() == null ? null : pod.getMetadata().getAnnotations().get(annotation);
        try {
            return text == null ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
