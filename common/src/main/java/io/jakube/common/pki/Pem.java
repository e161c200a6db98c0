package io.jakube.common.pki;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Certificates and keys in PEM text (RFC 7468). Keys are written as PKCS #8; PKCS #1 and SEC 1 are read as well. Thread-safe. */
public final class Pem {
    private Pem() {}

    public static String encode(X509Certificate certificate) {
        try {
            return text("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("certificate cannot be encoded", e);
        }
    }

    public static String encode(PrivateKey key) {
        return text("PRIVATE KEY", key.getEncoded());
    }

    public static String encode(PublicKey key) {
        return text("PUBLIC KEY", key.getEncoded());
    }

    /** All certificates in the text, in order; other entries are skipped. @throws IllegalArgumentException for malformed text */
    public static List<X509Certificate> certificates(String pem) {
        List<X509Certificate> found = new ArrayList<>();
        for (Object entry : entries(pem)) {
            if (entry instanceof X509CertificateHolder holder) {
                try {
                    found.add(new JcaX509CertificateConverter().getCertificate(holder));
                } catch (GeneralSecurityException e) {
                    throw new IllegalArgumentException("not an X.509 certificate", e);
                }
            }
        }
        return found;
    }

    /** The first private key in the text. @throws IllegalArgumentException if there is none */
    public static PrivateKey privateKey(String pem) {
        for (Object entry : entries(pem)) {
            try {
                if (entry instanceof PrivateKeyInfo info) {
                    return algorithm(info.getPrivateKeyAlgorithm().getAlgorithm().getId()).generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(info.getEncoded()));
                }
                if (entry instanceof PEMKeyPair pair) {
                    KeyPair keys = new JcaPEMKeyConverter().getKeyPair(pair);
                    return keys.getPrivate();
                }
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalArgumentException("not a private key this JDK can read", e);
            }
        }
        throw new IllegalArgumentException("no private key in the PEM text");
    }

    /** The first public key in the text. @throws IllegalArgumentException if there is none */
    public static PublicKey publicKey(String pem) {
        for (Object entry : entries(pem)) {
            if (entry instanceof SubjectPublicKeyInfo info) {
                try {
                    return algorithm(info.getAlgorithm().getAlgorithm().getId()).generatePublic(new java.security.spec.X509EncodedKeySpec(info.getEncoded()));
                } catch (GeneralSecurityException | IOException e) {
                    throw new IllegalArgumentException("not a public key this JDK can read", e);
                }
            }
        }
        throw new IllegalArgumentException("no public key in the PEM text");
    }

    static byte[] bytes(String pem) {
        return pem.getBytes(StandardCharsets.US_ASCII);
    }

    /** A factory of the JDK's own provider by algorithm identifier: its keys are what JSSE and Liberty expect. */
    private static KeyFactory algorithm(String oid) throws GeneralSecurityException {
        return KeyFactory.getInstance(oid);
    }

    private static List<Object> entries(String pem) {
        List<Object> entries = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object entry = parser.readObject(); entry != null; entry = parser.readObject()) {
                entries.add(entry);
            }
        } catch (PEMException e) {
            throw new IllegalArgumentException("malformed PEM text", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("unreadable PEM text", e);
        }
        return entries;
    }

    private static String text(String type, byte[] der) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }
}
