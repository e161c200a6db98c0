package io.jakube.agent.pod;

import io.jakube.agent.cri.v1.ContainerStatus;
import io.jakube.agent.cri.v1.Mount;
import io.jakube.agent.logs.LogTail;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * What a container wrote to its termination message file, at most 4096 bytes; with the policy {@code FallbackToLogsOnError} and an empty
 * file the end of a failed container's log, at most 2048 bytes or 80 lines (API reference, Container {@code terminationMessagePath}).
 */
final class TerminationMessages {
    private static final int MAX_FILE_BYTES = 4096;
    private static final int MAX_LOG_BYTES = 2048;
    private static final int MAX_LOG_LINES = 80;

    String read(ContainerStatus status) {
        String path = status.getAnnotationsOrDefault(Labels.MESSAGE_PATH, "");
        String message = status.getMountsList().stream()
                .filter(mount -> mount.getContainerPath().equals(path))
                .findFirst()
                .map(Mount::getHostPath)
                .map(file -> readStart(Path.of(file)))
                .orElse("");
        boolean fallBack = status.getAnnotationsOrDefault(Labels.MESSAGE_POLICY, "").equals("FallbackToLogsOnError");
        if (message.isEmpty() && fallBack && status.getExitCode() != 0) {
            message = LogTail.text(Path.of(status.getLogPath()), MAX_LOG_LINES, MAX_LOG_BYTES);
        }
        return message.isEmpty() ? status.getMessage() : message;
    }

    private static String readStart(Path file) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return new String(in.readNBytes(MAX_FILE_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "Error on reading termination log " + file + ": " + e.getMessage();
        }
    }
}
