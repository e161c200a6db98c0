package io.jakube.db.etcd.transport;

import static java.util.Objects.requireNonNull;

import io.jakube.common.pki.Pem;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What a port serves TLS with.
 *
 * @param certificate PEM file with the certificate, followed by those that signed it
 * @param key PEM file with its private key
 * @param trusted PEM file with the authorities of clients' certificates; null for the JDK's
 * @param requireClientCertificate whether clients without one are turned away
 */
public record TlsFiles(Path certificate, Path key, @Nullable Path trusted, boolean requireClientCertificate) {
    public TlsFiles {
        requireNonNull(certificate, "certificate is null");
        requireNonNull(key, "key is null");
    }

    /** @throws IllegalArgumentException naming the file that is unusable */
    SslContext context() {
        SslContextBuilder builder = SslContextBuilder.forServer(Pem.privateKey(read(key)), certificates(certificate))
                .sslProvider(SslProvider.JDK)
                .clientAuth(requireClientCertificate ? ClientAuth.REQUIRE : trusted != null ? ClientAuth.OPTIONAL : ClientAuth.NONE)
                // gRPC clients offer HTTP/2 only; who offers both has no gRPC in mind.
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, ApplicationProtocolNames.HTTP_1_1, ApplicationProtocolNames.HTTP_2));
        if (trusted != null) {
            builder.trustManager(certificates(trusted));
        }
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalArgumentException(certificate + " and " + key + " cannot be served with: " + e.getMessage(), e);
        }
    }

    private static X509Certificate[] certificates(Path file) {
        X509Certificate[] found = Pem.certificates(read(file)).toArray(X509Certificate[]::new);
        if (found.length == 0) {
            throw new IllegalArgumentException(file + " holds no certificate");
        }
        return found;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
