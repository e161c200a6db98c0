package io.jakube.agent.pod;

/** What the probes say about a running container, by its id. */
public interface ProbeView {
    /** Passed its startup probe, or has none. */
    boolean started(String containerId);

    /** Passes its readiness probe, or has none; false until started. */
    boolean ready(String containerId);

    /** Failed its liveness probe for good. */
    boolean livenessFailed(String containerId);

    /** Failed its startup probe for good. */
    boolean startupFailed(String containerId);
}
