package io.jakube.agent.node;

/**
 * Whether a node can take pods.
 *
 * @param problem empty if it can; otherwise what is wrong, as the Ready condition's message
 */
public record NodeHealth(String problem) {
    public static final NodeHealth READY = new NodeHealth("");

    public boolean isReady() {
        return problem.isEmpty();
    }
}
