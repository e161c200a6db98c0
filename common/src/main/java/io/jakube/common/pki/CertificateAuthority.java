package io.jakube.common.pki;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates (RFC 5280). Keys are ECDSA P-256 unless a request brings its own. Thread-safe. */
public final class CertificateAuthority {
    static final Duration CA_LIFETIME = Duration.ofDays(3650);
    static final Duration LEAF_LIFETIME = Duration.ofDays(365);
    /** Certificates are valid a little before they are made, for peers whose clocks are late. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyAndCertificate authority;
    private final Clock clock;

    public CertificateAuthority(KeyAndCertificate authority, Clock clock) {
        this.authority = requireNonNull(authority, "authority is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    public X509Certificate certificate() {
        return authority.certificate();
    }

    KeyAndCertificate keyAndCertificate() {
        return authority;
    }

    /** Makes a new self-signed authority. */
    static CertificateAuthority create(String name, Clock clock) {
        return selfSigned(newKeyPair(), name, clock);
    }

    /** A new certificate over the same key: what the old one signed stays valid. */
    CertificateAuthority renew(KeyPair keys, String name) {
        return selfSigned(keys, name, clock);
    }

    private static CertificateAuthority selfSigned(KeyPair keys, String name, Clock clock) {
        X500Name subject = new X500Name("CN=" + name);
        X509Certificate certificate = sign(keys, subject, subject, keys.getPublic(), clock.instant(), clock.instant().plus(CA_LIFETIME), (builder, extensions) -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment | KeyUsage.keyCertSign));
            builder.addExtension(Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(keys.getPublic()));
        });
        return new CertificateAuthority(new KeyAndCertificate(keys.getPrivate(), certificate), clock);
    }

    /** Issues a client certificate with a new key: RSA, since some clients (fabric8) read no elliptic curve key in PKCS #8 form. */
    public KeyAndCertificate issueClient(Identity identity) {
        return issueClient(identity, newClientKeyPair());
    }

    /** Issues a client certificate with a new P-256 key, which takes a hundredth of the time, for a client that reads those. */
    public KeyAndCertificate issueComponentClient(Identity identity) {
        return issueClient(identity, newKeyPair());
    }

    private KeyAndCertificate issueClient(Identity identity, KeyPair keys) {
        X509Certificate certificate = issue(identity.subject(), keys.getPublic(), LEAF_LIFETIME, List.of(KeyPurposeId.id_kp_clientAuth), null);
        return new KeyAndCertificate(keys.getPrivate(), certificate);
    }

    /** Issues a serving certificate with a new key. */
    public KeyAndCertificate issueServing(Identity identity, SubjectAltNames names) {
        KeyPair keys = newKeyPair();
        X509Certificate certificate = issue(identity.subject(), keys.getPublic(), LEAF_LIFETIME, List.of(KeyPurposeId.id_kp_serverAuth), names);
        return new KeyAndCertificate(keys.getPrivate(), certificate);
    }

    /** Whether this authority's key signed the certificate. */
    public boolean issued(X509Certificate leaf) {
        try {
            leaf.verify(authority.certificate().getPublicKey());
            return leaf.getIssuerX500Principal().equals(authority.certificate().getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private X509Certificate issue(X500Name subject, PublicKey key, Duration lifetime, List<KeyPurposeId> purposes, @org.jspecify.annotations.Nullable SubjectAltNames names) {
        X509Certificate ca = authority.certificate();
        Instant now = clock.instant();
        Instant end = now.plus(lifetime);
        Instant notAfter = end.isAfter(ca.getNotAfter().toInstant()) ? ca.getNotAfter().toInstant() : end;
        KeyPair signer = new KeyPair(ca.getPublicKey(), authority.key());
        X500Name issuer = X500Name.getInstance(ca.getSubjectX500Principal().getEncoded());
        return sign(signer, issuer, subject, key, now, notAfter, (builder, extensions) -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
            builder.addExtension(Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(ca.getPublicKey()));
            if (names != null) {
                builder.addExtension(Extension.subjectAlternativeName, false, names.toGeneralNames());
            }
        });
    }

    private interface Extensions {
        void addTo(X509v3CertificateBuilder builder, JcaX509ExtensionUtils extensions) throws IOException, GeneralSecurityException;
    }

    private static X509Certificate sign(KeyPair signer, X500Name issuer, X500Name subject, PublicKey key, Instant now, Instant notAfter, Extensions added) {
        try {
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(issuer, new BigInteger(120, RANDOM).setBit(120),
                    Date.from(now.minus(SKEW)), Date.from(notAfter), subject, SubjectPublicKeyInfo.getInstance(key.getEncoded()));
            added.addTo(builder, new JcaX509ExtensionUtils());
            String algorithm = signer.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            return new JcaX509CertificateConverter().getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate())));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("cannot issue a certificate for " + subject + ": " + e.getMessage(), e);
        }
    }

    private static KeyPair newClientKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no RSA", e);
        }
    }

    static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no P-256", e);
        }
    }
}
