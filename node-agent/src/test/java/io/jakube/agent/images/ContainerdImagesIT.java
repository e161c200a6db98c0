package io.jakube.agent.images;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a containerd of its own, with its state in a temporary directory. */
class ContainerdImagesIT {
    @TempDir Path directory;
    private Process containerd;
    private Path socket;

    @BeforeEach
    void startContainerd() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containerd needs root");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/containerd")), "containerd is not installed");
        assumeTrue(TestImages.missing().isEmpty(), TestImages.missing());
        socket = directory.resolve("containerd.sock");
        Path config = Files.writeString(directory.resolve("config.toml"), """
                version = 2
                root = "%1$s/root"
                state = "%1$s/state"
                disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
                [grpc]
                  address = "%2$s"
                """.formatted(directory, socket));
        containerd = new ProcessBuilder("/usr/bin/containerd", "--config", config.toString())
                .redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile()).start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(socket)) {
            assertThat(containerd.isAlive() && System.nanoTime() < deadline).as(() -> log()).isTrue();
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void stopContainerd() throws Exception {
        if (containerd != null) {
            containerd.destroy();
            containerd.waitFor(10, TimeUnit.SECONDS);
            containerd.destroyForcibly();
        }
    }

    @Test
    void archives_are_loaded_under_full_names_and_run() throws Exception {
        ContainerdImages images = new ContainerdImages("ctr", socket, "native");
        images.ensurePauseImage();
        images.ensurePauseImage();
        Path archive = Files.write(directory.resolve("nginx.tar"), TestImages.nginx("nginx", "nginx:1.27"));
        assertThat(images.load(ImageArchive.open(archive))).containsExactly("docker.io/library/nginx:latest", "docker.io/library/nginx:1.27");
        assertThat(images.names()).containsExactlyInAnyOrder("jakube.io/pause:1", "docker.io/library/nginx:latest", "docker.io/library/nginx:1.27");

        Path mount = Files.createDirectory(directory.resolve("mount"));
        ctr("images", "mount", "--snapshotter", "native", "docker.io/library/nginx:latest", mount.toString());
        try {
            Process shell = new ProcessBuilder("chroot", mount.toString(), "/bin/sh", "-c", "cat /usr/share/nginx/html/index.html").start();
            assertThat(new String(shell.getInputStream().readAllBytes())).contains("Welcome to nginx!");
        } finally {
            ctr("images", "unmount", mount.toString());
        }
    }

    @Test
    void what_containerd_refuses_is_an_error_in_its_words() throws Exception {
        ContainerdImages images = new ContainerdImages("ctr", socket, "native");
        byte[] broken = PauseImage.archive(Architecture.current());
        String text = new String(broken, ISO_8859_1).replace("\"rootfs\"", "\"rootFS\"");
        Path archive = Files.write(directory.resolve("broken.tar"), text.getBytes(ISO_8859_1));
        assertThatThrownBy(() -> images.load(ImageArchive.open(archive))).isInstanceOf(IOException.class).hasMessageContaining("containerd at " + socket);
        assertThatThrownBy(() -> new ContainerdImages("ctr", directory.resolve("none.sock"), "native").names())
                .isInstanceOf(IOException.class).hasMessageContaining("none.sock");
    }

    private void ctr(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("ctr", "--address", socket.toString(), "--namespace", "k8s.io"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
