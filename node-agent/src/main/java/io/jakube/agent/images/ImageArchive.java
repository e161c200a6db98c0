package io.jakube.agent.images;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An image archive on disk: an OCI image layout or the output of {@code docker save}, plain or gzip-compressed.
 *
 * <p>Importers differ in how they take names from OCI layouts (a bare tag, a short name, a vendor's annotation). {@link #writeTo} writes the archive with an
 * index that names every image in full, so that any of an image's usual names finds it. Immutable.
 */
public final class ImageArchive {
    private static final String INDEX = "index.json";
    private static final String DOCKER_MANIFEST = "manifest.json";
    private static final int LARGEST_INDEX = 4 << 20;

    private final Path file;
    private final @Nullable ObjectNode index;
    private final List<String> names;

    private ImageArchive(Path file, @Nullable ObjectNode index, List<String> names) {
        this.file = file;
        this.index = index;
        this.names = List.copyOf(names);
    }

    /** @throws IOException if the file can't be read or holds no named image; the message says which */
    public static ImageArchive open(Path file) throws IOException {
        requireNonNull(file, "file is null");
        try {
            return read(file);
        } catch (IOException | IllegalArgumentException e) {
            String reason = requireNonNullElse(e.getMessage(), e.toString());
            throw new IOException(reason.contains(file.toString()) ? reason : "cannot read " + file + " as an image archive: " + reason, e);
        }
    }

    private static ImageArchive read(Path file) throws IOException {
        JsonNode index = null;
        JsonNode docker = null;
        try (TarArchiveInputStream tar = tar(file)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                switch (plainName(entry)) {
                    case INDEX -> index = json(tar, entry, file);
                    case DOCKER_MANIFEST -> docker = json(tar, entry, file);
                    default -> {}
                }
            }
        }
        List<List<String>> tags = repoTags(docker);
        if (index == null || !index.path("manifests").isArray()) {
            if (docker == null) {
                throw new IOException(file + " is no image archive: it has neither " + INDEX + " (OCI layout) nor " + DOCKER_MANIFEST + " (docker save)");
            }
            return new ImageArchive(file, null, requireNamed(file, tags.stream().flatMap(List::stream).map(t -> reference(file, t)).toList()));
        }
        return named(file, (ObjectNode) index, tags);
    }

    private static ImageArchive named(Path file, ObjectNode index, List<List<String>> tags) throws IOException {
        ObjectNode rewritten = index.deepCopy();
        ArrayNode manifests = rewritten.putArray("manifests");
        Set<String> all = new LinkedHashSet<>();
        JsonNode originals = index.path("manifests");
        for (int i = 0; i < originals.size(); i++) {
            JsonNode manifest = originals.get(i);
            Set<String> names = new LinkedHashSet<>();
            String full = manifest.path("annotations").path(OciImageBuilder.CONTAINERD_NAME).asText();
            String ref = manifest.path("annotations").path(OciImageBuilder.OCI_REF_NAME).asText();
            if (!full.isEmpty()) {
                names.add(reference(file, full));
            } else if (ref.contains("/") || ref.contains(":")) {
                names.add(reference(file, ref));
            }
            if (tags.size() == originals.size()) {
                tags.get(i).forEach(tag -> names.add(reference(file, tag)));
            }
            for (String name : names) {
                ObjectNode copy = manifest.deepCopy();
                ObjectNode annotations = copy.withObject("/annotations");
                annotations.put(OciImageBuilder.CONTAINERD_NAME, name);
                annotations.put(OciImageBuilder.OCI_REF_NAME, ImageReference.parse(name).suffix().substring(1));
                manifests.add(copy);
            }
            all.addAll(names);
        }
        return new ImageArchive(file, rewritten, requireNamed(file, List.copyOf(all)));
    }

    private static List<String> requireNamed(Path file, List<String> names) throws IOException {
        if (names.isEmpty()) {
            throw new IOException(file + " names no image: save it by its name and tag (docker save NAME:TAG), not by its id");
        }
        return names;
    }

    private static String reference(Path file, String name) {
        try {
            return ImageReference.parse(name).toString();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static List<List<String>> repoTags(@Nullable JsonNode docker) {
        List<List<String>> tags = new ArrayList<>();
        if (docker != null) {
            for (JsonNode image : docker) {
                List<String> own = new ArrayList<>();
                image.path("RepoTags").forEach(tag -> own.add(tag.asText()));
                tags.add(own);
            }
        }
        return tags;
    }

    /** The full names of the images inside, in the archive's order. */
    public List<String> names() {
        return names;
    }

    public Path file() {
        return file;
    }

    /** Writes the archive uncompressed, with full image names; the stream stays open. */
    public void writeTo(OutputStream out) throws IOException {
        if (index == null) {
            try (InputStream in = uncompressed(file)) {
                in.transferTo(out);
            }
            return;
        }
        byte[] newIndex = Json.write(index);
        TarArchiveOutputStream copy = new TarArchiveOutputStream(out);
        copy.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        copy.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        try (TarArchiveInputStream tar = tar(file)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = plainName(entry);
                if (name.equals(DOCKER_MANIFEST) || !(entry.isFile() || entry.isDirectory() || entry.isLink() || entry.isSymbolicLink())) {
                    continue;
                }
                if (name.equals(INDEX)) {
                    TarArchiveEntry replaced = new TarArchiveEntry(INDEX);
                    replaced.setModTime(entry.getModTime());
                    replaced.setSize(newIndex.length);
                    copy.putArchiveEntry(replaced);
                    copy.write(newIndex);
                } else {
                    copy.putArchiveEntry(entry);
                    if (entry.isFile()) {
                        tar.transferTo(copy);
                    }
                }
                copy.closeArchiveEntry();
            }
        }
        copy.finish();
        copy.flush();
    }

    private static TarArchiveInputStream tar(Path file) throws IOException {
        return new TarArchiveInputStream(uncompressed(file));
    }

    private static InputStream uncompressed(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip ? new GZIPInputStream(in, 1 << 16) : in;
    }

    private static String plainName(TarArchiveEntry entry) {
        String name = entry.getName();
        return name.startsWith("./") ? name.substring(2) : name;
    }

    private static JsonNode json(InputStream tar, TarArchiveEntry entry, Path file) throws IOException {
        if (entry.getSize() > LARGEST_INDEX) {
            throw new IOException(file + ": " + entry.getName() + " is larger than " + LARGEST_INDEX + " bytes");
        }
        try {
            return Json.mapper().readTree(tar.readAllBytes());
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": " + entry.getName() + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
