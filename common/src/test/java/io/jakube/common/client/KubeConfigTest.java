package io.jakube.common.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeConfigTest {
    @TempDir
    Path directory;

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("config"), text);
    }

    @Test
    void readsTheCurrentContextWithDataAndRelativeFiles() throws IOException {
        Files.writeString(directory.resolve("client.crt"), "CERT");
        KubeConfig config = KubeConfig.read(write("""
                apiVersion: v1
                kind: Config
                current-context: two
                contexts:
                - {name: one, context: {cluster: none, user: none}}
                - {name: two, context: {cluster: c, user: u, namespace: dev}}
                clusters:
                - {name: c, cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: Q0E=}}
                users:
                - {name: u, user: {client-certificate: client.crt, token: t, tokenFile: token}}
                """));
        assertThat(config.server()).hasToString("https://127.0.0.1:6443");
        assertThat(config.certificateAuthority()).asString().isEqualTo("CA");
        assertThat(config.clientCertificate()).asString().isEqualTo("CERT");
        assertThat(config.clientKey()).isNull();
        assertThat(config.namespace()).isEqualTo("dev");
        assertThat(config.tokenFile()).isEqualTo(directory.resolve("token"));
        assertThat(config.toString()).doesNotContain("CERT").contains("6443");
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        Path file = write("current-context: x\ncontexts: []\n");
        assertThatThrownBy(() -> KubeConfig.read(file)).isInstanceOf(IOException.class).hasMessageContaining("contexts has no entry named \"x\"");
    }
}
