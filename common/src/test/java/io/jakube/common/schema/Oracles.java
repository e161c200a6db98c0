package io.jakube.common.schema;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where reference data to compare with lies: {@code -Djakube.reference}, else {@code ../shared/reference} beside the repository. Absent on most machines. */
final class Oracles {
    private Oracles() {}

    static Path directory() {
        String given = System.getProperty("jakube.reference");
        return given != null ? Path.of(given) : Path.of("").toAbsolutePath().resolve("../../shared/reference").normalize();
    }

    static boolean present() {
        return Files.isDirectory(directory().resolve("api-vectors"));
    }
}
