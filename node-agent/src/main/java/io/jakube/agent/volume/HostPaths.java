package io.jakube.agent.volume;

import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The checks that a hostPath volume's {@code type} asks for (API reference, HostPathVolumeSource). */
final class HostPaths {
    private static final int FILE_TYPE = 0170000;

    private HostPaths() {}

    static Path check(HostPathVolumeSource source) throws IOException {
        Path path = Path.of(source.getPath());
        String type = source.getType() == null ? "" : source.getType();
        switch (type) {
            case "DirectoryOrCreate" -> {
                if (!Files.exists(path)) {
                    Files.createDirectories(path);
                }
                require(Files.isDirectory(path), path, "directory");
            }
            case "Directory" -> require(Files.isDirectory(path), path, "directory");
            case "FileOrCreate" -> {
                if (!Files.exists(path)) {
                    Files.createFile(path);
                }
                require(Files.isRegularFile(path), path, "file");
            }
            case "File" -> require(Files.isRegularFile(path), path, "file");
            case "Socket" -> require(is(path, 0140000), path, "socket file");
            case "CharDevice" -> require(is(path, 0020000), path, "character device");
            case "BlockDevice" -> require(is(path, 0060000), path, "block device");
            default -> { }
        }
        return path;
    }

    private static boolean is(Path path, int type) throws IOException {
        if (!Files.exists(path)) {
            return false;
        }
        Map<String, Object> attributes = Files.readAttributes(path, "unix:mode");
        return ((int) attributes.get("mode") & FILE_TYPE) == type;
    }

    private static void require(boolean condition, Path path, String kind) throws IOException {
        if (!condition) {
            throw new IOException("hostPath type check failed: " + path + " is not a " + kind);
        }
    }
}
