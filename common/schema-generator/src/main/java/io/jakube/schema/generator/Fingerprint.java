package io.jakube.schema.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Names the state of input files by path, size and modification time. */
final class Fingerprint {
    private Fingerprint() {}

    /** @param inputs files, or directories whose files count */
    static String of(List<Path> inputs) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path input : inputs) {
            try (var files = Files.walk(input)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    text.append(file).append(' ').append(Files.size(file)).append(' ').append(Files.getLastModifiedTime(file).toMillis()).append('\n');
                }
            }
        }
        return text.toString();
    }
}
