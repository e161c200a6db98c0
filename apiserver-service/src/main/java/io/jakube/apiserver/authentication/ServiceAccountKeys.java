package io.jakube.apiserver.authentication;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import io.jakube.common.pki.Pem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;

/** The key pair of service-account tokens: RS256 for RSA keys, ES256 for P-256 ones. Thread-safe. */
public final class ServiceAccountKeys {
    private final JWSAlgorithm algorithm;
    private final String keyId;
    private final JWSSigner signer;
    private final JWSVerifier verifier;
    private final JWK publicJwk;

    private ServiceAccountKeys(PrivateKey privateKey, PublicKey publicKey) throws JOSEException, GeneralSecurityException {
        this.keyId = Base64.getUrlEncoder().withoutPadding().encodeToString(MessageDigest.getInstance("SHA-256").digest(publicKey.getEncoded()));
        switch (publicKey) {
            case RSAPublicKey rsa -> {
                algorithm = JWSAlgorithm.RS256;
                signer = new RSASSASigner(privateKey);
                verifier = new RSASSAVerifier(rsa);
                publicJwk = new RSAKey.Builder(rsa).keyID(keyId).algorithm(algorithm).keyUse(KeyUse.SIGNATURE).build();
            }
            case ECPublicKey ec -> {
                algorithm = JWSAlgorithm.ES256;
                signer = new ECDSASigner((ECPrivateKey) privateKey);
                verifier = new ECDSAVerifier(ec);
                publicJwk = new ECKey.Builder(Curve.P_256, ec).keyID(keyId).algorithm(algorithm).keyUse(KeyUse.SIGNATURE).build();
            }
            default -> throw new IllegalArgumentException("service-account keys must be RSA or P-256, not " + publicKey.getAlgorithm());
        }
    }

    public static ServiceAccountKeys of(PrivateKey privateKey, PublicKey publicKey) {
        try {
            return new ServiceAccountKeys(privateKey, publicKey);
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalArgumentException("service-account keys cannot be used: " + e.getMessage(), e);
        }
    }

    /** Reads {@code sa.key} and {@code sa.pub}. @throws UncheckedIOException if they cannot be read */
    public static ServiceAccountKeys read(Path pkiDirectory) {
        try {
            return of(Pem.privateKey(Files.readString(pkiDirectory.resolve("sa.key"), StandardCharsets.US_ASCII)),
                    Pem.publicKey(Files.readString(pkiDirectory.resolve("sa.pub"), StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the service-account keys in " + pkiDirectory, e);
        }
    }

    JWSAlgorithm algorithm() {
        return algorithm;
    }

    /** SHA-256 of the public key, as upstream names keys. */
    String keyId() {
        return keyId;
    }

    JWSSigner signer() {
        return signer;
    }

    JWSVerifier verifier() {
        return verifier;
    }

    JWK publicJwk() {
        return publicJwk;
    }
}
