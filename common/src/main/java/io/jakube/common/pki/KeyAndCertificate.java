package io.jakube.common.pki;

import static java.util.Objects.requireNonNull;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/** A certificate with its private key. */
public record KeyAndCertificate(PrivateKey key, X509Certificate certificate) {
    public KeyAndCertificate {
        requireNonNull(key, "key is null");
        requireNonNull(certificate, "certificate is null");
    }

    /** Shows the subject only. */
    @Override
    public String toString() {
        return "KeyAndCertificate[" + certificate.getSubjectX500Principal() + "]";
    }
}
