package io.jakube.apiserver.streaming.node;

import static java.util.Objects.requireNonNull;

import io.jakube.common.pki.Pem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS to nodes: the API server shows {@code apiserver-kubelet-client.crt}, the node must show a certificate of the cluster's authority that carries the
 * node's name, whatever its address is. Thread-safe.
 */
final class NodeTls {
    private static final int CONNECT_TIMEOUT = 10_000;

    private final SSLContext context;

    private NodeTls(SSLContext context) {
        this.context = context;
    }

    /** @param pki the directory that holds {@code ca.crt} and {@code apiserver-kubelet-client.{crt,key}} */
    static NodeTls read(Path pki) throws IOException {
        requireNonNull(pki, "pki is null");
        try {
            KeyStore trusted = store();
            int number = 0;
            for (Certificate authority : Pem.certificates(Files.readString(pki.resolve("ca.crt")))) {
                trusted.setCertificateEntry("ca" + number++, authority);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyStore own = store();
            Certificate[] chain = Pem.certificates(Files.readString(pki.resolve("apiserver-kubelet-client.crt"))).toArray(Certificate[]::new);
            own.setKeyEntry("client", Pem.privateKey(Files.readString(pki.resolve("apiserver-kubelet-client.key"))), new char[0], chain);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return new NodeTls(context);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the certificates for connections to nodes in " + pki + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyStore store() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** Connects; the handshake is done on return. */
    Socket connect(String address, int port, String nodeName) throws IOException {
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(address, port), CONNECT_TIMEOUT);
            SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(plain, nodeName, port, true);
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(parameters);
            secured.startHandshake();
            return secured;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }
}
