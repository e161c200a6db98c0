package io.jakube.apiserver.streaming.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.apiserver.streaming.CommandFlags;
import io.jakube.apiserver.streaming.wire.FakeDuplex;
import io.jakube.apiserver.streaming.wire.SpdyClient;
import io.jakube.apiserver.streaming.wire.SpdySession;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Message;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandRelayTest {
    private static final String FAILURE = "{\"status\":\"Failure\",\"message\":\"command terminated with non-zero exit code: 3\",\"reason\":\"NonZeroExitCode\"}";
    private static final CommandFlags ALL = new CommandFlags(true, true, true, false);

    private final FakeDuplex.Pair outer = FakeDuplex.pair();
    private final FakeDuplex.Pair inner = FakeDuplex.pair();
    private final WebSocketConnection node = new WebSocketConnection(inner.server(), Role.SERVER);

    private Thread relay(CommandClient client) {
        CommandRelay relay = new CommandRelay(outer.server(), client, new WebSocketConnection(inner.client(), Role.CLIENT));
        return Thread.ofVirtual().start(() -> {
            relay.run();
            outer.server().close();
        });
    }

    private Thread webSocketRelay(String protocol) {
        return relay(new WebSocketCommandClient(new WebSocketConnection(outer.server(), Role.SERVER), protocol, ALL));
    }

    private void nodeSends(int channel, String text) throws IOException {
        byte[] frame = ((char) channel + text).getBytes(StandardCharsets.ISO_8859_1);
        node.writeBinary(frame, 0, frame.length);
    }

    private static String text(Message message) {
        return message == null ? "end" : new String(message.data(), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "v5.channel.k8s.io, false, true",
        "v4.channel.k8s.io, false, true",
        "v4.base64.channel.k8s.io, true, true",
        "channel.k8s.io, false, false",
        "base64.channel.k8s.io, true, false",
    })
    void webSocketClientsGetTheirProtocolsFrames(String protocol, boolean base64, boolean statusObject) throws Exception {
        WebSocketConnection client = new WebSocketConnection(outer.client(), Role.CLIENT);
        Thread relay = webSocketRelay(protocol);
        assertThat(text(client.read())).as("the sign that the connection stands").isEqualTo(base64 ? "1" : "\u0001");
        byte[] bytes = (base64 ? "0aW4=" : "\u0000in").getBytes(StandardCharsets.ISO_8859_1);
        client.writeBinary(bytes, 0, bytes.length);
        assertThat(text(node.read())).isEqualTo("\u0000in");
        nodeSends(1, "out");
        assertThat(text(client.read())).isEqualTo(base64 ? "1b3V0" : "\u0001out");
        nodeSends(3, FAILURE);
        node.sendClose(1000, "");
        String status = text(client.read());
        String plain = base64 ? new String(Base64.getDecoder().decode(status.substring(1)), StandardCharsets.UTF_8) : status.substring(1);
        assertThat(plain).isEqualTo(statusObject ? FAILURE : "command terminated with non-zero exit code: 3");
        assertThat(client.read()).isNull();
        relay.join();
    }

    @Test
    void theEndOfInputReachesTheCommand() throws Exception {
        WebSocketConnection client = new WebSocketConnection(outer.client(), Role.CLIENT);
        webSocketRelay("v5.channel.k8s.io");
        client.writeBinary(new byte[] {(byte) 255, 0}, 0, 2);
        assertThat(node.read().data()).containsExactly(255, 0);
    }

    @Test
    void aClientThatLeavesTakesTheCommandsStreamsAlong() throws Exception {
        Thread relay = webSocketRelay("v5.channel.k8s.io");
        outer.client().close();
        assertThat(node.read()).isNull();
        relay.join();
    }

    @Test
    void aNodeThatLeavesIsAFailure() throws Exception {
        WebSocketConnection client = new WebSocketConnection(outer.client(), Role.CLIENT);
        webSocketRelay("v5.channel.k8s.io");
        client.read();
        inner.server().close();
        assertThat(text(client.read())).startsWith("\u0003").contains("\"Failure\"");
        assertThat(client.read()).isNull();
    }

    @Test
    void successIsSilenceBeforeVersionFour() throws Exception {
        WebSocketConnection client = new WebSocketConnection(outer.client(), Role.CLIENT);
        webSocketRelay("");
        client.read();
        nodeSends(3, "{\"status\":\"Success\"}");
        node.sendClose(1000, "");
        assertThat(client.read()).isNull();
    }

    @Test
    void spdyStreamsAreChannels() throws Exception {
        SpdyClient client = new SpdyClient(outer.client());
        Thread relay = relay(new SpdyCommandClient(new SpdySession(outer.server()), "v4.channel.k8s.io", ALL));
        int error = client.open(Map.of("streamtype", "error"));
        int stdin = client.open(Map.of("streamtype", "stdin"));
        int stdout = client.open(Map.of("streamtype", "stdout"));
        client.open(Map.of("streamtype", "stderr"));
        client.data(stdin, "in", true);
        assertThat(text(node.read())).isEqualTo("\u0000in");
        assertThat(node.read().data()).containsExactly(255, 0);
        nodeSends(1, "out");
        nodeSends(3, FAILURE);
        node.sendClose(1000, "");
        assertThat(client.text(stdout)).isEqualTo("out");
        assertThat(error).isEqualTo(1);
        outer.client().close();
        relay.join();
    }

    @Test
    void theLastWordOfSpdyIsOnTheErrorStream() throws Exception {
        SpdyClient client = new SpdyClient(outer.client());
        relay(new SpdyCommandClient(new SpdySession(outer.server()), "v3.channel.k8s.io", new CommandFlags(false, false, false, true)));
        int error = client.open(Map.of("streamtype", "error"));
        int resize = client.open(Map.of("streamtype", "resize"));
        client.data(resize, "{\"Width\":80,\"Height\":24}", false);
        assertThat(text(node.read())).isEqualTo("\u0004{\"Width\":80,\"Height\":24}");
        nodeSends(3, FAILURE);
        node.sendClose(1000, "");
        assertThat(client.text(error)).isEqualTo("command terminated with non-zero exit code: 3");
    }
}
