package io.jakube.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jakube.agent.containerd.ContainerdConfig;
import io.jakube.agent.images.ContainerdImages;
import io.jakube.agent.images.ImageArchive;
import io.jakube.agent.images.TestImages;
import io.jakube.agent.system.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A containerd with its own state and pod network, with test images; skips the test where none can run. */
final class PrivateContainerd implements AutoCloseable {
    private static final String NETWORK = """
            {"cniVersion": "0.4.0", "name": "agent-it", "plugins": [{"type": "bridge", "bridge": "cni-agent-it0", "isGateway": true,
            "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.233.251.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "%s"}}]}
            """;

    private final Path root;
    private final ContainerdConfig config;
    private Process process;

    PrivateContainerd(Path root) throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root") && Host.canMount(), "containers need root");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/containerd")), "containerd is not installed");
        assumeTrue(TestImages.missing().isEmpty(), TestImages.missing());
        this.root = root;
        Path cni = Files.createDirectories(root.resolve("cni"));
        Files.writeString(cni.resolve("10-it.conflist"), NETWORK.formatted(root.resolve("networks")));
        config = ContainerdConfig.detect(root.resolve("containerd"), cni);
        assumeTrue(Files.isExecutable(config.cniPluginDirectory().resolve("bridge")), "the CNI plugins are not installed");
        config.write();
        start();
        ContainerdImages images = new ContainerdImages("ctr", config.socket(), config.snapshotter());
        images.ensurePauseImage();
        images.load(ImageArchive.open(Files.write(root.resolve("nginx.tar"), TestImages.nginx("nginx"))));
        images.load(ImageArchive.open(Files.write(root.resolve("busybox.tar"), TestImages.busybox("busybox"))));
    }

    Path socket() {
        return config.socket();
    }

    /** Kills the daemon; containers stay. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void start() throws IOException {
        Files.deleteIfExists(config.socket());
        process = new ProcessBuilder("containerd", "--config", config.file().toString())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("containerd.log").toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(config.socket())) {
            assertThat(process.isAlive() && System.nanoTime() < deadline).as("containerd starts").isTrue();
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        new ProcessBuilder("ip", "link", "del", "cni-agent-it0").start().waitFor();
    }
}
