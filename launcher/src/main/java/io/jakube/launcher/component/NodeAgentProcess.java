package io.jakube.launcher.component;

import static java.util.Objects.requireNonNull;

import io.jakube.launcher.layout.Distribution;
import io.jakube.launcher.layout.JakubeHome;
import io.jakube.launcher.process.ManagedProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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

    /** Starts it unless it runs. @param settings file for {@code jakube.config} */
    public void start(Path settings) {
        process.start(
                List.of(
                        Distribution.java().toString(),
                        "-XX:+UseSerialGC",
                        "-XX:+UseCompactObjectHeaders",
                        "-Xms24m",
                        "-Xmx256m",
                        "-Xss512k",
                        "-XX:MinHeapFreeRatio=10",
                        "-XX:MaxHeapFreeRatio=20",
                        "-XX:ReservedCodeCacheSize=64m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Djakube.config=" + settings,
                        "-cp", distribution.libraries().resolve("*").toString(),
                        "io.jakube.agent.NodeAgent"),
                Map.of(),
                home.node());
    }
}
