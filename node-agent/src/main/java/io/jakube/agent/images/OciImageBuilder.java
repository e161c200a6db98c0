package io.jakube.agent.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Builds a one-layer image as an OCI image layout in a tar archive, the same bytes for the same input. Not thread-safe; contents are held in memory.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md">OCI image layout</a>
 */
public final class OciImageBuilder {
    static final String CONTAINERD_NAME = "io.containerd.image.name";
    static final String OCI_REF_NAME = "org.opencontainers.image.ref.name";
    private static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

    private final Architecture architecture;
    private final TreeMap<String, Entry> entries = new TreeMap<>();
    private List<String> entrypoint = List.of();
    private List<String> command = List.of();
    private List<String> environment = List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    private String user = "";
    private String workingDirectory = "/";

    private sealed interface Entry {}

    private record File(byte[] content, int mode) implements Entry {}

    private record Directory(int mode) implements Entry {}

    private record Symlink(String target) implements Entry {}

    public OciImageBuilder(Architecture architecture) {
        this.architecture = requireNonNull(architecture, "architecture is null");
    }

    /** @param path absolute; missing parents become directories with mode 0755 */
    public OciImageBuilder file(String path, byte[] content, int mode) {
        return put(path, new File(content.clone(), mode));
    }

    /** A text file with mode 0644. */
    public OciImageBuilder file(String path, String content) {
        return file(path, content.getBytes(UTF_8), 0644);
    }

    public OciImageBuilder directory(String path, int mode) {
        return put(path, new Directory(mode));
    }

    public OciImageBuilder symlink(String path, String target) {
        return put(path, new Symlink(requireNonNull(target, "target is null")));
    }

    public OciImageBuilder entrypoint(String... words) {
        entrypoint = List.of(words);
        return this;
    }

    public OciImageBuilder command(String... words) {
        command = List.of(words);
        return this;
    }

    /** Replaces the default environment, which sets only PATH. */
    public OciImageBuilder environment(String... assignments) {
        environment = List.of(assignments);
        return this;
    }

    public OciImageBuilder user(String userAndGroup) {
        user = requireNonNull(userAndGroup, "userAndGroup is null");
        return this;
    }

    public OciImageBuilder workingDirectory(String path) {
        workingDirectory = requireNonNull(path, "path is null");
        return this;
    }

    private OciImageBuilder put(String path, Entry entry) {
        requireNonNull(path, "path is null");
        if (!path.startsWith("/") || path.length() < 2 || path.endsWith("/")) {
            throw new IllegalArgumentException("image path must be absolute and not end with a slash: " + path);
        }
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            entries.putIfAbsent(path.substring(1, slash), new Directory(0755));
        }
        entries.put(path.substring(1), entry);
        return this;
    }

    /** Writes the archive to a file, replacing it; the image is found under each of the names. */
    public void write(Path file, String... names) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(archive(names));
        }
    }

    /** @param names image names in any usual form; at least one */
    public byte[] archive(String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("an image needs at least one name");
        }
        byte[] layer = layer();
        byte[] config = Json.write(config(layer));
        byte[] manifest = Json.write(manifest(config, layer));
        byte[] index = Json.write(index(manifest, names));
        return tar(tar -> {
            for (String directory : List.of("blobs", "blobs/sha256")) {
                add(tar, directory, new Directory(0755));
            }
            for (byte[] blob : List.of(config, manifest, layer)) {
                add(tar, "blobs/sha256/" + sha256(blob), new File(blob, 0644));
            }
            add(tar, "index.json", new File(index, 0644));
            add(tar, "oci-layout", new File("{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8), 0644));
        });
    }

    private byte[] layer() {
        return tar(tar -> {
            for (var entry : entries.entrySet()) {
                add(tar, entry.getKey(), entry.getValue());
            }
        });
    }

    private ObjectNode config(byte[] layer) {
        ObjectNode root = Json.object();
        root.put("created", "1970-01-01T00:00:00Z").put("architecture", architecture.ociName()).put("os", "linux");
        ObjectNode config = root.putObject("config");
        if (!user.isEmpty()) {
            config.put("User", user);
        }
        strings(config, "Env", environment);
        strings(config, "Entrypoint", entrypoint);
        strings(config, "Cmd", command);
        config.put("WorkingDir", workingDirectory);
        root.putObject("rootfs").put("type", "layers").putArray("diff_ids").add("sha256:" + sha256(layer));
        return root;
    }

    private static void strings(ObjectNode node, String field, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = node.putArray(field);
            values.forEach(array::add);
        }
    }

    private static ObjectNode manifest(byte[] config, byte[] layer) {
        ObjectNode manifest = Json.object().put("schemaVersion", 2).put("mediaType", MANIFEST_TYPE);
        manifest.set("config", descriptor("application/vnd.oci.image.config.v1+json", config));
        manifest.putArray("layers").add(descriptor("application/vnd.oci.image.layer.v1.tar", layer));
        return manifest;
    }

    private ObjectNode index(byte[] manifest, String... names) {
        ObjectNode index = Json.object().put("schemaVersion", 2).put("mediaType", "application/vnd.oci.image.index.v1+json");
        ArrayNode manifests = index.putArray("manifests");
        for (String name : names) {
            ObjectNode descriptor = descriptor(MANIFEST_TYPE, manifest);
            descriptor.putObject("platform").put("architecture", architecture.ociName()).put("os", "linux");
            ImageReference reference = ImageReference.parse(name);
            descriptor.putObject("annotations").put(CONTAINERD_NAME, reference.toString()).put(OCI_REF_NAME, reference.suffix().substring(1));
            manifests.add(descriptor);
        }
        return index;
    }

    private static ObjectNode descriptor(String mediaType, byte[] blob) {
        return Json.object().put("mediaType", mediaType).put("digest", "sha256:" + sha256(blob)).put("size", blob.length);
    }

    private static String sha256(byte[] blob) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(blob));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private interface TarContent {
        void writeTo(TarArchiveOutputStream tar) throws IOException;
    }

    private static byte[] tar(TarContent content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, UTF_8.name())) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            content.writeTo(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void add(TarArchiveOutputStream tar, String path, Entry entry) throws IOException {
        TarArchiveEntry header = switch (entry) {
            case File file -> {
                TarArchiveEntry h = new TarArchiveEntry(path);
                h.setSize(file.content().length);
                h.setMode(0100000 | file.mode());
                yield h;
            }
            case Directory directory -> {
                TarArchiveEntry h = new TarArchiveEntry(path + "/");
                h.setMode(040000 | directory.mode());
                yield h;
            }
            case Symlink link -> {
                TarArchiveEntry h = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
                h.setLinkName(link.target());
                h.setMode(0120777);
                yield h;
            }
        };
        header.setIds(0, 0);
        header.setNames("root", "root");
        header.setModTime(0L);
        tar.putArchiveEntry(header);
        if (entry instanceof File file) {
            tar.write(file.content());
        }
        tar.closeArchiveEntry();
    }
}
