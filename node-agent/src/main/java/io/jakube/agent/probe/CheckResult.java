package io.jakube.agent.probe;

/** The outcome of one check; the output of a failed one is for people. */
public record CheckResult(boolean passed, String output) {
    public static final CheckResult PASSED = new CheckResult(true, "");

    public static CheckResult failed(String output) {
        return new CheckResult(false, output);
    }
}
