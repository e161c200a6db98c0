package io.jakube.agent.pod;

import java.time.Instant;

/**
 * One container as the runtime has it.
 *
 * @param attempt restart count it was created with
 * @param hash of the specification it was created from
 * @param startedAt the epoch if it never started
 * @param finishedAt the epoch unless it exited
 * @param reason of the exit, such as {@code OOMKilled}; empty otherwise
 * @param message of the exit, the container's termination message
 * @param image full name
 * @param imageRef by digest or id
 * @param logPath absolute path of its log file
 */
public record ContainerRecord(
        String id,
        String sandboxId,
        String name,
        int attempt,
        String hash,
        State state,
        Instant createdAt,
        Instant startedAt,
        Instant finishedAt,
        int exitCode,
        String reason,
        String message,
        String image,
        String imageRef,
        String logPath) {
    /** Life of a container. */
    public enum State {
        CREATED,
        RUNNING,
        EXITED,
        UNKNOWN
    }

    public boolean isRunning() {
        return state == State.RUNNING;
    }

    public boolean isExited() {
        return state == State.EXITED;
    }
}
