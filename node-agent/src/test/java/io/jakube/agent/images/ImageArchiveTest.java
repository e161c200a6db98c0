package io.jakube.agent.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
    @TempDir Path directory;

    @Test
    void a_built_image_is_found_by_its_full_name_and_is_the_same_bytes_each_time() throws IOException {
        byte[] archive = PauseImage.archive(Architecture.AMD64);
        assertThat(archive).isEqualTo(PauseImage.archive(Architecture.AMD64)).isNotEqualTo(PauseImage.archive(Architecture.ARM64));
        assertThat(ImageArchive.open(file(archive)).names()).containsExactly("jakube.io/pause:1");
    }

    @Test
    void parents_of_a_file_are_directories_of_the_layer() throws IOException {
        byte[] archive = new OciImageBuilder(Architecture.AMD64).file("/usr/share/www/index.html", "hello").symlink("/bin/sh", "busybox").archive("web");
        Map<String, byte[]> blobs = read(archive);
        JsonNode index = Json.readObject(blobs.get("index.json"));
        JsonNode manifest = Json.readObject(blobs.get(blob(index.at("/manifests/0/digest"))));
        assertThat(read(blobs.get(blob(manifest.at("/layers/0/digest"))))).containsOnlyKeys(
                "bin/", "bin/sh", "usr/", "usr/share/", "usr/share/www/", "usr/share/www/index.html");
        assertThat(blobs.get(blob(manifest.at("/config/digest")))).hasSize(manifest.at("/config/size").asInt());
    }

    @Test
    void a_gzipped_layout_with_short_names_is_written_with_full_names() throws IOException {
        String index = """
                {"schemaVersion":2,"manifests":[
                 {"digest":"sha256:aa","size":2,"annotations":{"org.opencontainers.image.ref.name":"nginx:1.27"}},
                 {"digest":"sha256:bb","size":2,"annotations":{"io.containerd.image.name":"docker.io/acme/web:1","org.opencontainers.image.ref.name":"1"}}]}""";
        ImageArchive archive = ImageArchive.open(file(gzip(tar(Map.of("./index.json", index, "blobs/sha256/aa", "{}")))));
        assertThat(archive.names()).containsExactly("docker.io/library/nginx:1.27", "docker.io/acme/web:1");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        archive.writeTo(out);
        Map<String, byte[]> written = read(out.toByteArray());
        assertThat(written).containsEntry("blobs/sha256/aa", "{}".getBytes(UTF_8));
        JsonNode first = Json.readObject(written.get("index.json")).at("/manifests/0/annotations");
        assertThat(first.path("io.containerd.image.name").asText()).isEqualTo("docker.io/library/nginx:1.27");
        assertThat(first.path("org.opencontainers.image.ref.name").asText()).isEqualTo("1.27");
    }

    @Test
    void a_docker_save_archive_goes_through_as_it_is() throws IOException {
        byte[] tar = tar(Map.of("manifest.json", "[{\"Config\":\"c.json\",\"RepoTags\":[\"nginx:latest\",\"acme/web:2\"],\"Layers\":[]}]"));
        ImageArchive archive = ImageArchive.open(file(gzip(tar)));
        assertThat(archive.names()).containsExactly("docker.io/library/nginx:latest", "docker.io/acme/web:2");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        archive.writeTo(out);
        assertThat(out.toByteArray()).isEqualTo(tar);
    }

    @Test
    void a_layout_that_only_knows_tags_takes_names_from_the_docker_manifest() throws IOException {
        ImageArchive archive = ImageArchive.open(file(tar(Map.of(
                "index.json", "{\"manifests\":[{\"digest\":\"sha256:aa\",\"annotations\":{\"org.opencontainers.image.ref.name\":\"latest\"}}]}",
                "manifest.json", "[{\"RepoTags\":[\"nginx:latest\",\"nginx:stable\"]}]"))));
        assertThat(archive.names()).containsExactly("docker.io/library/nginx:latest", "docker.io/library/nginx:stable");
    }

    @Test
    void what_is_no_named_image_is_refused_with_the_reason() throws IOException {
        assertRefused(tar(Map.of("a.txt", "x")), "neither index.json (OCI layout) nor manifest.json (docker save)");
        assertRefused(tar(Map.of("manifest.json", "[{\"RepoTags\":null}]")), "names no image");
        assertRefused(tar(Map.of("index.json", "{\"manifests\":")), "index.json is not JSON");
        assertRefused("certainly not a tar file, and long enough that its header is looked at ".repeat(20).getBytes(UTF_8), "");
    }

    private void assertRefused(byte[] content, String reason) throws IOException {
        Path file = file(content);
        assertThatThrownBy(() -> ImageArchive.open(file)).isInstanceOf(IOException.class).hasMessageContaining(file.toString()).hasMessageContaining(reason);
    }

    private static String blob(JsonNode digest) {
        return "blobs/sha256/" + digest.asText().substring("sha256:".length());
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(Files.createTempFile(directory, "image", ".tar"), content);
    }

    private static byte[] tar(Map<String, String> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                byte[] content = file.getValue().getBytes(UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static Map<String, byte[]> read(byte[] tarBytes) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(tarBytes))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.put(entry.getName(), tar.readAllBytes());
            }
        }
        return entries;
    }
}
