package io.jakube.common.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterPkiTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final SubjectAltNames NAMES = SubjectAltNames.apiServer("10.96.0.1", "cluster.local");

    @TempDir Path temp;

    private Path directory() {
        return temp.resolve("pki");
    }

    private ClusterPki at(Instant now) {
        return ClusterPki.open(directory(), Clock.fixed(now, ZoneOffset.UTC));
    }

    private void everything(Instant now) {
        ClusterPki pki = at(now);
        pki.ensureApiServer(NAMES);
        pki.ensureNodeServing(temp.resolve("node"), "kubelet", "worker-1", SubjectAltNames.of(List.of("worker-1", "10.0.0.5")));
        pki.ensureKubeconfig(temp.resolve("home/kubeconfig"), "https://127.0.0.1:6443", Identity.ADMIN);
    }

    private Map<String, String> contents() throws Exception {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(temp)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(temp.relativize(file).toString(), Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    private X509Certificate certificate(String file) throws Exception {
        return Pem.certificates(Files.readString(temp.resolve(file))).getFirst();
    }

    @Test
    void runningAgainKeepsEveryFile() throws Exception {
        everything(START);
        Map<String, String> first = contents();
        everything(START.plus(Duration.ofDays(200)));
        assertThat(contents()).isEqualTo(first);
        assertThat(first).containsKeys("pki/ca.crt", "pki/ca.key", "pki/ca.p12", "pki/apiserver.crt", "pki/apiserver.key", "pki/apiserver.p12", "pki/keystore.password",
                "pki/apiserver-kubelet-client.crt", "pki/apiserver-kubelet-client.key", "pki/sa.key", "pki/sa.pub", "node/kubelet.crt", "node/kubelet.key", "home/kubeconfig");
    }

    @Test
    void filesArePrivate() throws Exception {
        everything(START);
        try (Stream<Path> files = Files.walk(temp)) {
            for (Path file : files.filter(path -> !path.equals(temp)).toList()) {
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                assertThat(mode).as(file.toString()).isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
            }
        }
    }

    @Test
    void leavesAreRenewedInTheirLastMonthAndTheAuthorityIsKept() throws Exception {
        everything(START);
        Map<String, String> first = contents();
        everything(START.plus(Duration.ofDays(340)));
        Map<String, String> second = contents();
        for (String kept : List.of("pki/ca.crt", "pki/ca.key", "pki/ca.p12", "pki/sa.key", "pki/sa.pub", "pki/keystore.password")) {
            assertThat(second.get(kept)).as(kept).isEqualTo(first.get(kept));
        }
        for (String renewed : List.of("pki/apiserver.crt", "pki/apiserver.p12", "pki/apiserver-kubelet-client.crt", "node/kubelet.crt", "home/kubeconfig")) {
            assertThat(second.get(renewed)).as(renewed).isNotEqualTo(first.get(renewed));
        }
    }

    @Test
    void anExpiringAuthorityIsRenewedOverTheSameKey() throws Exception {
        everything(START);
        X509Certificate first = certificate("pki/ca.crt");
        everything(START.plus(Duration.ofDays(3640)));
        X509Certificate second = certificate("pki/ca.crt");
        assertThat(second).isNotEqualTo(first);
        assertThat(second.getPublicKey()).isEqualTo(first.getPublicKey());
        certificate("pki/apiserver.crt").verify(first.getPublicKey());
    }

    @Test
    void servingCertificateIsReissuedOnlyWhenNamesAreMissing() throws Exception {
        at(START).ensureApiServer(NAMES.plus(SubjectAltNames.of(List.of("192.0.2.7"))));
        X509Certificate first = certificate("pki/apiserver.crt");
        at(START).ensureApiServer(NAMES);
        assertThat(certificate("pki/apiserver.crt")).isEqualTo(first);
        at(START).ensureApiServer(NAMES.plus(SubjectAltNames.of(List.of("192.0.2.8", "fd00::1", "API.example.org"))));
        X509Certificate second = certificate("pki/apiserver.crt");
        assertThat(second).isNotEqualTo(first);
        assertThat(second.getSubjectAlternativeNames()).contains(List.of(7, "192.0.2.8"), List.of(2, "kubernetes.default.svc.cluster.local"), List.of(2, "api.example.org"));
    }

    @Test
    void certificatesCarryTheIdentityAndPurpose() throws Exception {
        everything(START);
        X509Certificate serving = certificate("pki/apiserver.crt");
        assertThat(serving.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        X509Certificate node = certificate("node/kubelet.crt");
        assertThat(node.getSubjectX500Principal().getName()).isEqualTo("CN=system:node:worker-1,O=system:nodes");
        X509Certificate client = certificate("pki/apiserver-kubelet-client.crt");
        assertThat(client.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(client.getBasicConstraints()).isEqualTo(-1);
        assertThat(certificate("pki/ca.crt").getBasicConstraints()).isGreaterThanOrEqualTo(0);
    }

    @Test
    void keyStoresOpenWithThePasswordFile() throws Exception {
        everything(START);
        char[] password = Files.readString(directory().resolve("keystore.password")).toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory().resolve("apiserver.p12"))) {
            keys.load(in, password);
        }
        assertThat(keys.getKey("apiserver", password)).isNotNull();
        assertThat(keys.getCertificateChain("apiserver")).hasSize(2);
        KeyStore trust = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory().resolve("ca.p12"))) {
            trust.load(in, password);
        }
        assertThat(trust.isCertificateEntry("ca")).isTrue();
    }

    @Test
    void kubeconfigIsReadableByClientsAndFollowsTheServer() throws Exception {
        ClusterPki pki = at(START);
        Path file = temp.resolve("kubeconfig");
        pki.ensureKubeconfig(file, "https://127.0.0.1:6443", Identity.ADMIN);
        Config config = Config.fromKubeconfig(Files.readString(file));
        assertThat(config.getMasterUrl()).isEqualTo("https://127.0.0.1:6443/");
        assertThat(config.getClientCertData()).isNotBlank();
        pki.ensureKubeconfig(file, "https://127.0.0.1:7443", Identity.ADMIN);
        assertThat(Files.readString(file)).contains("server: https://127.0.0.1:7443");
    }

    @Test
    void keysAreReadBackInEveryForm() throws Exception {
        everything(START);
        assertThat(KeyMatch.matches(Pem.privateKey(Files.readString(directory().resolve("sa.key"))), Pem.publicKey(Files.readString(directory().resolve("sa.pub"))))).isTrue();
        assertThatThrownBy(() -> Pem.privateKey("nothing")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no private key");
    }

    @Test
    void aDamagedAuthorityIsAnErrorNotANewOne() throws Exception {
        at(START);
        Files.writeString(directory().resolve("ca.crt"), "damaged");
        assertThatThrownBy(() -> at(START)).isInstanceOf(IllegalStateException.class).hasMessageContaining("ca.key");
    }
}
