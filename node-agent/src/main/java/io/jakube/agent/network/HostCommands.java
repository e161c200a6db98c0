package io.jakube.agent.network;

import java.io.IOException;
import java.util.List;

/** Runs programs of the host, such as {@code ip} and {@code iptables-restore}. Implementations are thread-safe. */
public interface HostCommands {
    /**
     * Runs a program to its end.
     *
     * @param input what it reads from standard input; empty for nothing
     * @throws IOException if it can't be started, or did not end within 30 seconds; the message names the program
     */
    Result run(List<String> command, String input) throws IOException;

    default Result run(String... command) throws IOException {
        return run(List.of(command), "");
    }

    /** Runs a program that must succeed and returns its standard output. */
    default String require(String... command) throws IOException {
        return run(command).requireSuccess(List.of(command));
    }

    /** @param exitCode the program's own, 0 for success */
    record Result(int exitCode, String output, String error) {
        public boolean succeeded() {
            return exitCode == 0;
        }

        /** @throws IOException with the program's own words if it failed */
        public String requireSuccess(List<String> command) throws IOException {
            if (exitCode != 0) {
                throw new IOException(String.join(" ", command) + " failed with code " + exitCode + ": " + (error.isBlank() ? output : error).strip());
            }
            return output;
        }
    }
}
