package io.jakube.apiserver.streaming.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpConnectionTest {
    private ServerSocket server;
    private HttpConnection connection;
    private Socket peer;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        connection = new HttpConnection(new Socket(server.getInetAddress(), server.getLocalPort()));
        peer = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        connection.close();
        peer.close();
        server.close();
    }

    private void answer(String text) throws IOException {
        peer.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        peer.shutdownOutput();
    }

    private String body() throws IOException {
        ResponseHead head = connection.response();
        return new String(connection.body(head, "GET").readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void bodiesEndByLengthByChunkOrByTheConnection() throws Exception {
        answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
        assertThat(body()).isEqualTo("hello");
        close();
        connect();
        answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n1;x=y\r\no\r\n0\r\nTrailer: t\r\n\r\n");
        assertThat(body()).isEqualTo("hello");
        close();
        connect();
        answer("HTTP/1.0 200 OK\r\n\r\nhello");
        assertThat(body()).isEqualTo("hello");
    }

    @Test
    void betweenChunksNothingIsAvailable() throws Exception {
        peer.getOutputStream().write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n".getBytes(StandardCharsets.ISO_8859_1));
        InputStream body = connection.body(connection.response(), "GET");
        assertThat(new String(body.readNBytes(5), StandardCharsets.ISO_8859_1)).isEqualTo("hello");
        assertThat(body.available()).as("whoever passes it on must send what there is").isZero();
        answer("5\r\nworld\r\n0\r\n\r\n");
        assertThat(new String(body.readAllBytes(), StandardCharsets.ISO_8859_1)).isEqualTo("world");
    }

    @Test
    void brokenAnswersAreErrors() throws Exception {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello");
        assertThatThrownBy(this::body).hasMessage("unexpected EOF");
        close();
        connect();
        answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello");
        assertThatThrownBy(this::body).hasMessage("unexpected EOF");
        close();
        connect();
        answer("");
        assertThatThrownBy(this::body).hasMessage("EOF");
    }

    @Test
    void bodiesOfUnknownLengthAreSentInChunks() throws Exception {
        CompletableFuture<String> received = CompletableFuture.supplyAsync(() -> {
            try {
                return new String(peer.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        connection.send("POST", "/x?y", List.of(Map.entry("Host", "h")), new ByteArrayInputStream("hello".getBytes(StandardCharsets.US_ASCII)), -1);
        connection.close();
        assertThat(received.join()).isEqualTo("POST /x?y HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    }

    @Test
    void headersCannotSmuggleLines() {
        assertThatThrownBy(() -> connection.send("GET", "/", List.of(Map.entry("X", "a\r\nB: c")))).isInstanceOf(IOException.class);
    }
}
