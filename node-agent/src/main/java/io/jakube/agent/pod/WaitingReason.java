package io.jakube.agent.pod;

/** Why a container does not run, as its status shows it. */
public record WaitingReason(String reason, String message) {}
