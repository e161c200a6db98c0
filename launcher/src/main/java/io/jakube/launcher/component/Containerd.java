package io.jakube.launcher.component;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.containerd.ContainerdConfig;
import io.jakube.launcher.LaunchException;
import io.jakube.launcher.layout.JakubeHome;
import io.jakube.launcher.process.ManagedProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A containerd of the cluster's own, beside whatever else the host runs. Containers survive it. */
public final class Containerd {
    private final JakubeHome home;
    private final ManagedProcess process;

    public Containerd(JakubeHome home) {
        this.home = requireNonNull(home, "home is null");
        this.process = new ManagedProcess("containerd", home.run(), home.logs());
    }

    public ManagedProcess process() {
        return process;
    }

    public Path socket() {
        return home.containerdSocket();
    }

    /** Starts it unless it runs; a changed configuration restarts it. Returns at once. */
    public void start() {
        try {
            ContainerdConfig config = ContainerdConfig.detect(home.node().resolve("containerd"), home.node().resolve("cni"));
            if (config.write() && process.find().isPresent()) {
                process.stop(Duration.ofSeconds(10));
            }
            process.start(List.of("containerd", "--config", config.file().toString()), Map.of(), home.node());
        } catch (IOException e) {
            throw new LaunchException("containerd's configuration cannot be written below " + home.node() + " (" + e.getMessage() + ").", e);
        }
    }

    /** Whether its socket accepts connections. */
    public boolean answers() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException e) {
            return false;
        }
    }
}
