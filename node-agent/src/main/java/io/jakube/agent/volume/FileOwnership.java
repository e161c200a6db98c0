package io.jakube.agent.volume;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

/** Numeric owners and modes of files. Owners stay as they are where the agent does not run as root. */
final class FileOwnership {
    private static final int SET_GID = 02000;

    private FileOwnership() {}

    static void mode(Path file, int mode) throws IOException {
        Files.setAttribute(file, "unix:mode", mode & 07777);
    }

    /** Gives a tree to a group: readable, and writable where the owner may write; directories hand the group on (PodSecurityContext {@code fsGroup}). */
    static void giveToGroup(Path root, int gid) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
                apply(directory, gid, 0770 | SET_GID, 07777);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    int mode = mode(file);
                    apply(file, gid, (mode & 0200) != 0 ? 0660 : 0440, 07777);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static int mode(Path file) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (int) attributes.get("mode");
    }

    private static void apply(Path file, int gid, int added, int mask) throws IOException {
        Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        mode(file, (mode(file) | added) & mask);
    }
}
