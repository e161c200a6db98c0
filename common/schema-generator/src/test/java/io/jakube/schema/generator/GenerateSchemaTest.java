package io.jakube.schema.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerateSchemaTest {
    @TempDir
    private Path directory;

    private Path overlay;
    private Path classes;

    @BeforeEach
    void copyOverlay() throws IOException {
        overlay = Files.createDirectory(directory.resolve("overlay"));
        classes = Files.createDirectory(directory.resolve("classes"));
        try (var files = Files.list(Path.of("src/main/overlay"))) {
            for (Path file : files.toList()) {
                Files.copy(file, overlay.resolve(file.getFileName()));
            }
        }
    }

    private void generate() throws Exception {
        GenerateSchema.main(new String[] {overlay.toString(), classes.toString()});
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "merge.txt|core.v1.Pod.nope atomic|core.v1.Pod.nope",
        "merge.txt|core.v1.Nope atomic|core.v1.Nope",
        "merge.txt|core.v1.Pod frobnicate|unknown fact",
        "presence.txt|core.v1.Container keep(nope)|core.v1.Container.nope",
        "types.txt|default core.v1.ContainerPort.nope 1|core.v1.ContainerPort.nope",
        "resources.txt|nopes short=no|nopes"
    })
    void refusesAnOverlayThatNamesWhatDoesNotExist(String file, String line, String named) throws IOException {
        Files.writeString(overlay.resolve(file), "\n" + line + "\n", StandardOpenOption.APPEND);
        assertThatThrownBy(this::generate).isInstanceOf(IllegalStateException.class).hasMessageContaining(named);
    }

    @Test
    void runsAgainOnlyWhenAnInputChanged() throws Exception {
        generate();
        Path resource = classes.resolve("io/jakube/schema/resources.json");
        FileTime longAgo = FileTime.fromMillis(1);
        Files.setLastModifiedTime(resource, longAgo);
        generate();
        assertThat(Files.getLastModifiedTime(resource)).isEqualTo(longAgo);
        Files.writeString(overlay.resolve("merge.txt"), "\n# changed\n", StandardOpenOption.APPEND);
        generate();
        assertThat(Files.getLastModifiedTime(resource)).isNotEqualTo(longAgo);
    }

    @Test
    void writesTheSameBytesEveryTime() throws Exception {
        generate();
        byte[] first = Files.readAllBytes(classes.resolve("io/jakube/schema/definitions.ndjson.gz"));
        Files.delete(classes.resolve("io/jakube/schema/resources.json"));
        generate();
        assertThat(Files.readAllBytes(classes.resolve("io/jakube/schema/definitions.ndjson.gz"))).isEqualTo(first);
    }
}
