package io.jakube.apiserver.streaming.node;

import io.jakube.apiserver.streaming.wire.Duplex;
import io.jakube.apiserver.streaming.wire.HttpConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Message;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Role;
import io.jakube.apiserver.streaming.wire.WebSocketHandshake;
import io.jakube.common.pki.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A node agent's HTTPS server whose containers are this host's processes: exec runs the command here, port-forward connects to the loopback, a log is a line
 * that names what was asked for.
 */
public final class FakeNode implements AutoCloseable {
    private final SSLServerSocket server;

    /** @param pki directory with {@code node.crt}, {@code node.key} and the clients' {@code ca.crt} */
    public FakeNode(int port, Path pki) throws Exception {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("node", Pem.privateKey(Files.readString(pki.resolve("node.key"))), new char[0],
                Pem.certificates(Files.readString(pki.resolve("node.crt"))).toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        KeyStore clients = KeyStore.getInstance("PKCS12");
        clients.load(null, null);
        clients.setCertificateEntry("ca", Pem.certificates(Files.readString(pki.resolve("ca.crt"))).getFirst());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(clients);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(port, 50, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(true);
        Thread.ofVirtual().start(this::accept);
    }

    /** Runs until killed. Arguments: port, directory of certificates. */
    public static void main(String[] arguments) throws Exception {
        new FakeNode(Integer.parseInt(arguments[0]), Path.of(arguments[1]));
        Thread.currentThread().join();
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            server.getLocalSocketAddress();
        }
    }

    private static void serve(Socket socket) {
        try (HttpConnection connection = new HttpConnection(socket)) {
            String[] request = line(connection.in()).split(" ");
            Map<String, String> headers = new HashMap<>();
            for (String line = line(connection.in()); !line.isEmpty(); line = line(connection.in())) {
                headers.put(line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT), line.substring(line.indexOf(':') + 1).strip());
            }
            String path = request[1].split("\\?")[0];
            Map<String, List<String>> query = query(request[1]);
            if (path.endsWith("/missing")) {
                answer(connection, "404 Not Found", "container not found (\"missing\")");
            } else if (headers.containsKey("upgrade")) {
                write(connection, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\nSec-WebSocket-Accept: "
                        + WebSocketHandshake.accept(headers.get("sec-websocket-key")) + "\r\n\r\n");
                WebSocketConnection client = new WebSocketConnection(connection, Role.SERVER);
                if (path.startsWith("/portForward/")) {
                    forward(client, Integer.parseInt(query.get("port").getFirst()));
                } else {
                    run(client, query.get("command"), query.get("stdin").getFirst().equals("true"));
                }
                while (client.read() != null) {
                    Thread.onSpinWait();
                }
            } else {
                answer(connection, "200 OK", "log " + request[1] + "\n");
            }
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(WebSocketConnection client, List<String> command, boolean stdin) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectInput(stdin ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.from(new java.io.File("/dev/null"))).start();
        Thread input = Thread.ofVirtual().start(() -> pump(client, process.getOutputStream(), process::destroyForcibly));
        Thread out = Thread.ofVirtual().start(() -> pump(process.getInputStream(), client, 1));
        pump(process.getErrorStream(), client, 2);
        out.join();
        int code = process.waitFor();
        String status = code == 0
                ? "{\"metadata\":{},\"status\":\"Success\"}"
                : "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"command terminated with non-zero exit code: " + code
                        + "\",\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"" + code + "\"}]}}";
        byte[] frame = ("\u0003" + status).getBytes(StandardCharsets.UTF_8);
        client.writeBinary(frame, 0, frame.length);
        client.sendClose(WebSocketConnection.NORMAL, "");
        input.join();
    }

    private static void forward(WebSocketConnection client, int port) throws IOException, InterruptedException {
        try (Socket target = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Thread input = Thread.ofVirtual().start(() -> {
                try {
                    pump(client, target.getOutputStream(), () -> close(target));
                } catch (IOException e) {
                    close(target);
                }
            });
            pump(target.getInputStream(), client, 0);
            client.writeBinary(new byte[] {(byte) 255, 0}, 0, 2);
            input.join();
            client.sendClose(WebSocketConnection.NORMAL, "");
        } catch (java.net.ConnectException e) {
            byte[] frame = "\u0001failed to connect: connection refused".getBytes(StandardCharsets.UTF_8);
            client.writeBinary(frame, 0, frame.length);
            client.sendClose(WebSocketConnection.NORMAL, "");
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void pump(InputStream from, WebSocketConnection client, int channel) {
        byte[] buffer = new byte[32 * 1024];
        try {
            for (int count = from.read(buffer, 1, buffer.length - 1); count >= 0; count = from.read(buffer, 1, buffer.length - 1)) {
                buffer[0] = (byte) channel;
                client.writeBinary(buffer, 0, count + 1);
            }
        } catch (IOException e) {
            client.close();
        }
    }

    private static void pump(WebSocketConnection client, OutputStream to, Runnable gone) {
        try (to) {
            for (Message message = client.read(); message != null; message = client.read()) {
                byte[] data = message.data();
                if (data[0] == 0) {
                    to.write(data, 1, data.length - 1);
                    to.flush();
                } else if (data[0] == (byte) 255) {
                    to.close();
                    return;
                }
            }
            gone.run();
        } catch (IOException e) {
            gone.run();
        }
    }

    private static void answer(Duplex connection, String status, String text) throws IOException {
        write(connection, "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    }

    private static void write(Duplex connection, String text) throws IOException {
        connection.out().write(text.getBytes(StandardCharsets.ISO_8859_1));
        connection.out().flush();
    }

    private static Map<String, List<String>> query(String target) {
        Map<String, List<String>> query = new HashMap<>();
        int question = target.indexOf('?');
        for (String pair : question < 0 ? new String[0] : target.substring(question + 1).split("&")) {
            int equals = pair.indexOf('=');
            query.computeIfAbsent(pair.substring(0, equals), name -> new ArrayList<>()).add(URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return query;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("EOF");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
