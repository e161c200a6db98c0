package io.jakube.agent.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerdConfigTest {
    @TempDir Path directory;

    @Test
    void everything_is_below_its_own_directory() throws Exception {
        ContainerdConfig config = new ContainerdConfig(
                directory, Path.of("/node/cni"), Path.of("/opt/cni/bin"), ContainerdConfig.PAUSE_IMAGE, true, false, "native");
        assertThat(config.toToml())
                .contains("root = \"" + directory + "/data\"", "state = \"" + directory + "/run\"", "address = \"" + directory + "/containerd.sock\"")
                .contains("sandbox_image = \"jakube.io/pause:1\"", "restrict_oom_score_adj = true", "SystemdCgroup = false", "snapshotter = \"native\"")
                .contains("conf_dir = \"/node/cni\"", "bin_dir = \"/opt/cni/bin\"");
    }

    @Test
    void a_file_is_written_only_when_it_changes() throws Exception {
        ContainerdConfig config = new ContainerdConfig(directory, Path.of("/c"), Path.of("/b"), "pause", false, true, "overlayfs");
        assertThat(config.write()).isTrue();
        assertThat(config.write()).isFalse();
        assertThat(config.file()).content().isEqualTo(config.toToml());
    }
}
