package io.jakube.scheduler.framework;

import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;

/**
 * One concern of scheduling. {@link #prepare} looks at the whole snapshot once per cycle (upstream's PreFilter and PreScore) and returns what
 * judges single nodes. Plugins are stateless and thread-safe.
 */
public interface SchedulingPlugin {
    /** Upstream's plugin name. */
    String name();

    /** Weight of the score in the sum; 0 where the plugin does not score. */
    default int weight() {
        return 0;
    }

    /** A judge for this pod; cheap if the pod does not use what the plugin is about. */
    Judge prepare(PodInfo pod, Snapshot snapshot);

    /** Judges nodes for one pod. Confined to one cycle. */
    interface Judge {
        /** Has nothing to say. */
        Judge INDIFFERENT = new Judge() {};

        default Verdict filter(NodeInfo node) {
            return Verdict.FITS;
        }

        /** Raw score; see {@link #normalize}. */
        default long score(NodeInfo node) {
            return 0;
        }

        /** Maps the raw scores of all feasible nodes to 0..100, in place. */
        default void normalize(long[] scores) {}
    }

    /** Scales raw scores so that the largest becomes 100; {@code reverse} turns them round. */
    static void scaleToHundred(long[] scores, boolean reverse) {
        long max = 0;
        for (long score : scores) {
            max = Math.max(max, score);
        }
        for (int i = 0; i < scores.length; i++) {
            long scaled = max == 0 ? 0 : scores[i] * 100 / max;
            scores[i] = reverse ? 100 - scaled : scaled;
        }
    }
}
