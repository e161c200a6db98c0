package io.jakube.db.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SchemaMigrationTest {
    /** A database at an older version would be taken for current. */
    @Test
    void theVersionIsThatOfTheNewestMigration() throws Exception {
        URI directory = Objects.requireNonNull(SchemaMigration.class.getResource("V1__key_value_store.sql")).toURI();
        try (Stream<Path> files = Files.list(Path.of(directory).getParent())) {
            int newest = files.map(file -> file.getFileName().toString()).filter(name -> name.matches("V\\d+__.*\\.sql"))
                    .mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf('_')))).max().orElseThrow();
            assertThat(SchemaMigration.VERSION).isEqualTo(String.valueOf(newest));
        }
    }
}
