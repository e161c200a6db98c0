package io.jakube.agent.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Replaces the content of a volume as a whole, so that a reader sees all old files or all new ones.
 *
 * <p>The files are in a directory {@code ..<time>}, to which the link {@code ..data} points; each name at the top of the volume is a link
 * {@code name -> ..data/name}. An update writes a new directory, renames a new {@code ..data} over the old one, and then removes what is
 * not used any more. This is the layout that programs watching such volumes know.
 */
final class AtomicWriter {
    private static final String DATA = "..data";
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy_MM_dd_HH_mm_ss");

    private final Path volume;

    AtomicWriter(Path volume) {
        this.volume = volume;
    }

    /**
     * Writes these files unless the volume has exactly them.
     *
     * @param files by relative path
     * @param group given to the files; empty to leave it
     * @return whether something changed
     */
    boolean write(Map<String, FileContent> files, Optional<Integer> group) throws IOException {
        Path data = volume.resolve(DATA);
        Optional<Path> old = Files.isSymbolicLink(data) ? Optional.of(volume.resolve(Files.readSymbolicLink(data))) : Optional.empty();
        if (old.isPresent() && same(old.get(), files)) {
            return false;
        }
        Path fresh = volume.resolve(".." + STAMP.format(ZonedDateTime.now(ZoneOffset.UTC)) + "." + ThreadLocalRandom.current().nextInt(1_000_000_000));
        Files.createDirectory(fresh);
        FileOwnership.mode(fresh, 0755);
        for (Map.Entry<String, FileContent> entry : files.entrySet()) {
            Path file = fresh.resolve(entry.getKey()).normalize();
            if (!file.startsWith(fresh)) {
                throw new IOException("the path " + entry.getKey() + " leads out of the volume");
            }
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue().data());
            FileOwnership.mode(file, entry.getValue().mode());
        }
        if (group.isPresent()) {
            FileOwnership.giveToGroup(fresh, group.get());
        }
        Path temporary = volume.resolve("..data_tmp");
        Files.deleteIfExists(temporary);
        Files.createSymbolicLink(temporary, fresh.getFileName());
        Files.move(temporary, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        link(files.keySet());
        if (old.isPresent()) {
            delete(old.get());
        }
        return true;
    }

    private void link(Set<String> paths) throws IOException {
        Set<String> names = new HashSet<>();
        for (String path : paths) {
            String name = Path.of(path).getName(0).toString();
            if (names.add(name) && !Files.exists(volume.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(volume.resolve(name), Path.of(DATA, name));
            }
        }
        try (Stream<Path> entries = Files.list(volume)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (!name.startsWith("..") && !names.contains(name)) {
                    Files.delete(entry);
                }
            }
        }
    }

    private static boolean same(Path directory, Map<String, FileContent> files) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        Set<String> present = new HashSet<>();
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                String name = directory.relativize(file).toString();
                FileContent wanted = files.get(name);
                if (wanted == null || !Arrays.equals(wanted.data(), Files.readAllBytes(file))) {
                    return false;
                }
                present.add(name);
            }
        }
        return present.size() == files.size();
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
