package io.jakube.agent.volume;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicWriterTest {
    @TempDir Path volume;

    private static FileContent file(String text) {
        return new FileContent(text.getBytes(UTF_8), 0640);
    }

    @Test
    void names_are_links_into_the_current_directory() throws IOException {
        assertThat(new AtomicWriter(volume).write(Map.of("a", file("1"), "d/b", file("2")), Optional.empty())).isTrue();
        assertThat(volume.resolve("a")).isSymbolicLink().hasContent("1");
        assertThat(volume.resolve("d/b")).hasContent("2");
        assertThat(Files.readSymbolicLink(volume.resolve("a"))).isEqualTo(Path.of("..data/a"));
        assertThat((int) Files.getAttribute(volume.resolve("a"), "unix:mode") & 0777).isEqualTo(0640);
    }

    @Test
    void an_update_replaces_everything_and_leaves_nothing_behind() throws IOException {
        AtomicWriter writer = new AtomicWriter(volume);
        writer.write(Map.of("a", file("1"), "gone", file("x")), Optional.empty());
        Path before = volume.resolve("..data").toRealPath();
        assertThat(writer.write(Map.of("a", file("2"), "new", file("3")), Optional.empty())).isTrue();
        assertThat(volume.resolve("a")).hasContent("2");
        assertThat(volume.resolve("new")).hasContent("3");
        assertThat(volume.resolve("gone")).doesNotExist();
        assertThat(before).doesNotExist();
        try (var entries = Files.list(volume)) {
            assertThat(entries).hasSize(4);
        }
    }

    @Test
    void equal_content_is_not_written_again() throws IOException {
        AtomicWriter writer = new AtomicWriter(volume);
        writer.write(Map.of("a", file("1")), Optional.empty());
        Path before = volume.resolve("..data").toRealPath();
        assertThat(writer.write(Map.of("a", file("1")), Optional.empty())).isFalse();
        assertThat(volume.resolve("..data").toRealPath()).isEqualTo(before);
    }

    @Test
    void paths_out_of_the_volume_are_refused() {
        assertThatThrownBy(() -> new AtomicWriter(volume).write(Map.of("../../x", file("1")), Optional.empty())).isInstanceOf(IOException.class).hasMessageContaining("out of the volume");
    }
}
