package io.jakube.common.pki;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's keys and certificates in one directory. Every method is idempotent: it keeps files that are valid, signed by this authority and
 * good for at least {@link #RENEW_BEFORE}, and replaces others. Files are mode 0600, directories 0700.
 *
 * <p>Thread-safe within one process. Two processes must not work on one directory at a time.
 *
 * <table>
 * <caption>Files</caption>
 * <tr><td>{@code ca.crt}, {@code ca.key}</td><td>the authority</td></tr>
 * <tr><td>{@code ca.p12}</td><td>the authority's certificate as a trust store</td></tr>
 * <tr><td>{@code apiserver.crt}, {@code apiserver.key}, {@code apiserver.p12}</td><td>what the API server serves with (alias {@code apiserver})</td></tr>
 * <tr><td>{@code keystore.password}</td><td>password of both PKCS #12 files, without line end</td></tr>
 * <tr><td>{@code apiserver-kubelet-client.crt}, {@code .key}</td><td>the API server's identity towards node agents</td></tr>
 * <tr><td>{@code server.crt}, {@code server.key}, {@code healthcheck-client.crt}, {@code .key}</td><td>of the etcd front, in a directory with an authority of its
 * own</td></tr>
 * <tr><td>{@code sa.key}, {@code sa.pub}</td><td>signing key of service-account tokens, RSA 2048</td></tr>
 * </table>
 */
public final class ClusterPki {
    /** Certificates with less than this left are reissued. */
    public static final Duration RENEW_BEFORE = Duration.ofDays(30);

    public static final String CLUSTER_NAME = "jakube";

    private static final String AUTHORITY_NAME = "kubernetes";

    private final Path directory;
    private final Clock clock;
    private final CertificateAuthority authority;

    private ClusterPki(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
        this.authority = ensureAuthority();
    }

    /** Opens the directory, creating it and the authority where missing. @throws java.io.UncheckedIOException if the directory cannot be written */
    public static ClusterPki open(Path directory, Clock clock) {
        requireNonNull(directory, "directory is null");
        requireNonNull(clock, "clock is null");
        PrivateFiles.createDirectory(directory);
        return new ClusterPki(directory, clock);
    }

    public CertificateAuthority authority() {
        return authority;
    }

    /** Everything an API server needs: serving certificate, key and trust store, kubelet client, service-account keys. */
    public void ensureApiServer(SubjectAltNames names) {
        ensureServing(directory, "apiserver", new Identity("kube-apiserver", List.of()), names);
        ensureClient(directory, "apiserver-kubelet-client", Identity.KUBELET_CLIENT);
        ensureServiceAccountKeys();
        ensureKeyStores();
    }

    /** What an etcd front needs: serving certificate and key ({@code server}), and a client that it lets in ({@code healthcheck-client}). */
    public void ensureEtcd(SubjectAltNames names) {
        ensureServing(directory, "server", new Identity("etcd", List.of()), names);
        ensureClient(directory, "healthcheck-client", Identity.ETCD_CLIENT);
    }

    /**
     * The node agent's serving certificate, as {@code <name>.crt} and {@code <name>.key} in a directory of the caller's choice.
     *
     * @return the certificate, kept or new
     */
    public KeyAndCertificate ensureNodeServing(Path target, String name, String nodeName, SubjectAltNames names) {
        return ensureServing(target, name, Identity.node(nodeName), names);
    }

    /**
     * A kubeconfig with an embedded client certificate.
     *
     * @param file where it goes
     * @param server URL of the API server
     */
    public void ensureKubeconfig(Path file, String server, Identity identity) {
        ensureKubeconfig(file, server, identity, authority::issueClient);
    }

    /** As {@link #ensureKubeconfig}, for one of the project's own components: with an elliptic curve key, which not all clients read. */
    public void ensureComponentKubeconfig(Path file, String server, Identity identity) {
        ensureKubeconfig(file, server, identity, authority::issueComponentClient);
    }

    private synchronized void ensureKubeconfig(Path file, String server, Identity identity, Function<Identity, KeyAndCertificate> issue) {
        requireNonNull(server, "server is null");
        Optional<Kubeconfig> present = Files.exists(file) ? Kubeconfig.parse(PrivateFiles.read(file)) : Optional.empty();
        boolean keep = present.filter(config -> config.server().equals(server)
                        && config.authority().equals(authority.certificate())
                        && usable(config.client(), identity, null)).isPresent();
        if (!keep) {
            String user = identity.user();
            PrivateFiles.write(file, new Kubeconfig(CLUSTER_NAME, server, authority.certificate(), user, issue.apply(identity)).toYaml().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The password of the PKCS #12 files. */
    public synchronized char[] keyStorePassword() {
        Path file = directory.resolve("keystore.password");
        if (!Files.exists(file)) {
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            PrivateFiles.write(file, Base64.getUrlEncoder().withoutPadding().encode(random));
        }
        return new String(PrivateFiles.read(file), StandardCharsets.US_ASCII).strip().toCharArray();
    }

    private synchronized KeyAndCertificate ensureServing(Path target, String name, Identity identity, SubjectAltNames names) {
        return ensurePair(target, name, pair -> usable(pair, identity, names), () -> authority.issueServing(identity, names));
    }

    private synchronized KeyAndCertificate ensureClient(Path target, String name, Identity identity) {
        return ensurePair(target, name, pair -> usable(pair, identity, null), () -> authority.issueComponentClient(identity));
    }

    private CertificateAuthority ensureAuthority() {
        Optional<KeyAndCertificate> present = load(directory, "ca");
        if (present.filter(pair -> fresh(pair.certificate())).isPresent()) {
            return new CertificateAuthority(present.get(), clock);
        }
        if (present.isEmpty() && Files.exists(directory.resolve("ca.key"))) {
            throw new IllegalStateException(directory.resolve("ca.key") + " and ca.crt do not belong together or are damaged; restore them, or remove the directory to make a new authority");
        }
        CertificateAuthority made = present
                .map(old -> new CertificateAuthority(old, clock).renew(new KeyPair(old.certificate().getPublicKey(), old.key()), AUTHORITY_NAME))
                .orElseGet(() -> CertificateAuthority.create(AUTHORITY_NAME, clock));
        store(directory, "ca", made.keyAndCertificate());
        return made;
    }

    private synchronized void ensureServiceAccountKeys() {
        Path key = directory.resolve("sa.key");
        Path pub = directory.resolve("sa.pub");
        if (Files.exists(key) && Files.exists(pub)) {
            return;
        }
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair keys = generator.generateKeyPair();
            PrivateFiles.write(pub, Pem.bytes(Pem.encode(keys.getPublic())));
            PrivateFiles.write(key, Pem.bytes(Pem.encode(keys.getPrivate())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no RSA", e);
        }
    }

    private synchronized void ensureKeyStores() {
        char[] password = keyStorePassword();
        KeyAndCertificate serving = load(directory, "apiserver").orElseThrow();
        Path keyStore = directory.resolve("apiserver.p12");
        if (!holds(keyStore, "apiserver", serving.certificate(), password)) {
            writeKeyStore(keyStore, password, store -> store.setKeyEntry("apiserver", serving.key(), password, new Certificate[] {serving.certificate(), authority.certificate()}));
        }
        Path trustStore = directory.resolve("ca.p12");
        if (!holds(trustStore, "ca", authority.certificate(), password)) {
            writeKeyStore(trustStore, password, store -> store.setCertificateEntry("ca", authority.certificate()));
        }
    }

    private KeyAndCertificate ensurePair(Path target, String name, Predicate<KeyAndCertificate> usable, Supplier<KeyAndCertificate> issue) {
        Optional<KeyAndCertificate> present = load(target, name).filter(usable);
        if (present.isPresent()) {
            return present.get();
        }
        KeyAndCertificate made = issue.get();
        store(target, name, made);
        return made;
    }

    private boolean usable(KeyAndCertificate pair, Identity identity, @Nullable SubjectAltNames names) {
        X509Certificate certificate = pair.certificate();
        return authority.issued(certificate)
                && fresh(certificate)
                && certificate.getSubjectX500Principal().equals(new javax.security.auth.x500.X500Principal(encoded(identity)))
                && (names == null || names.coveredBy(certificate));
    }

    private boolean fresh(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant().isAfter(clock.instant().plus(RENEW_BEFORE)) && !certificate.getNotBefore().toInstant().isAfter(clock.instant());
    }

    private static byte[] encoded(Identity identity) {
        try {
            return identity.subject().getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The pair if both files are there, readable, and the key is the certificate's. */
    private static Optional<KeyAndCertificate> load(Path target, String name) {
        Path certificateFile = target.resolve(name + ".crt");
        Path keyFile = target.resolve(name + ".key");
        if (!Files.exists(certificateFile) || !Files.exists(keyFile)) {
            return Optional.empty();
        }
        try {
            List<X509Certificate> certificates = Pem.certificates(new String(PrivateFiles.read(certificateFile), StandardCharsets.US_ASCII));
            PrivateKey key = Pem.privateKey(new String(PrivateFiles.read(keyFile), StandardCharsets.US_ASCII));
            return certificates.isEmpty() || !KeyMatch.matches(key, certificates.getFirst().getPublicKey())
                    ? Optional.empty()
                    : Optional.of(new KeyAndCertificate(key, certificates.getFirst()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static void store(Path target, String name, KeyAndCertificate pair) {
        PrivateFiles.write(target.resolve(name + ".key"), Pem.bytes(Pem.encode(pair.key())));
        PrivateFiles.write(target.resolve(name + ".crt"), Pem.bytes(Pem.encode(pair.certificate())));
    }

    private interface Filling {
        void into(KeyStore store) throws GeneralSecurityException;
    }

    private static void writeKeyStore(Path file, char[] password, Filling filling) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            filling.into(store);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, password);
            PrivateFiles.write(file, bytes.toByteArray());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make key store " + file + ": " + e.getMessage(), e);
        }
    }

    private static boolean holds(Path file, String alias, X509Certificate certificate, char[] password) {
        if (!Files.exists(file)) {
            return false;
        }
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(PrivateFiles.read(file)), password);
            return certificate.equals(store.getCertificate(alias));
        } catch (GeneralSecurityException | IOException e) {
            return false;
        }
    }
}
