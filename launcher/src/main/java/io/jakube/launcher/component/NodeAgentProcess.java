package io.jakube.launcher.component;

import static java.util.Objects.requireNonNull;

import io.jakube.launcher.layout.Distribution;
import io.jakube.launcher.layout.JakubeHome;
import io.jakube.launcher.process.ManagedProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The node agent's process. */
public final class NodeAgentProcess {
    private final Distribution distribution;
    private final JakubeHome home;
    private final ManagedProcess process;

    public NodeAgentProcess(Distribution distribution, JakubeHome home) {
        this.distribution = requireNonNull(distribution, "distribution is null");
        this.home = requireNonNull(home, "home is null");
        this.process = new ManagedProcess("node-agent", home.run(), home.logs());
    }

    public ManagedProcess process() {
        return process;
    }

    /**
     * Starts it unless it runs.
     *
     * @param settings file for {@code jakube.config}
     * @param simulated whether it runs simulated nodes, which takes other classes
     */
    public void start(Path settings, boolean simulated) {
        if (process.find().isPresent()) {
            return;
        }
        List<String> command = new ArrayList<>(JavaProcess.command(ClassArchives.file(distribution, home, simulated ? "node-agent-simulated" : "node-agent"), 24, 256, 21, 48));
        // Nothing in the agent is worth the optimising compiler's time and memory: it waits for the runtime and the API server.
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(List.of("-Djakube.config=" + settings, "-cp", distribution.libraries().resolve("*").toString(), "io.jakube.agent.NodeAgent"));
        process.start(command, JavaProcess.ENVIRONMENT, home.node());
    }
}
