package io.jakube.apiserver.streaming.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.apiserver.streaming.wire.WebSocketConnection.Message;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketConnectionTest {
    private final FakeDuplex.Pair wire = FakeDuplex.pair();
    private final WebSocketConnection client = new WebSocketConnection(wire.client(), Role.CLIENT);
    private final WebSocketConnection server = new WebSocketConnection(wire.server(), Role.SERVER);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 65_535, 65_536, 300_000})
    void carriesMessagesOfAnySizeBothWays(int size) throws Exception {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        Thread sender = Thread.ofVirtual().start(() -> send(client, data));
        assertThat(server.read().data()).isEqualTo(data);
        sender.join();
        sender = Thread.ofVirtual().start(() -> send(server, data));
        assertThat(client.read().data()).isEqualTo(data);
        sender.join();
    }

    private static void send(WebSocketConnection from, byte[] data) {
        try {
            from.writeBinary(data, 0, data.length);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The examples of RFC 6455 §5.7. */
    @Test
    void readsTheExamplesOfTheStandard() throws Exception {
        raw("818537fa213d7f9f4d5158");
        Message masked = server.read();
        assertThat(masked.text()).isTrue();
        assertThat(new String(masked.data(), StandardCharsets.UTF_8)).isEqualTo("Hello");
        rawToClient("010348656c80026c6f");
        assertThat(new String(client.read().data(), StandardCharsets.UTF_8)).isEqualTo("Hello");
    }

    @Test
    void joinsFragmentsAroundAPingThatIsAnswered() throws Exception {
        rawToClient("010348656c" + "890548656c6c6f" + "80026c6f");
        assertThat(new String(client.read().data(), StandardCharsets.UTF_8)).isEqualTo("Hello");
        byte[] pong = wire.server().in().readNBytes(11);
        assertThat(pong[0] & 0xff).isEqualTo(0x8a);
        assertThat(pong[1] & 0xff).isEqualTo(0x85);
    }

    @Test
    void closingIsAnsweredAndEndsReading() throws Exception {
        client.sendClose(1000, "done");
        assertThat(server.read()).isNull();
        assertThat(client.read()).isNull();
        assertThatThrownBy(() -> server.writeBinary(new byte[1], 0, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void unmaskedFramesOfAClientAreAViolation() throws Exception {
        raw("810548656c6c6f");
        assertThatThrownBy(server::read).hasMessageContaining("must mask");
        assertThat(wire.client().in().readNBytes(4)).startsWith((byte) 0x88).endsWith((byte) 0x03, (byte) 0xea);
    }

    @Test
    void aBrokenFrameIsAnError() throws Exception {
        raw("8185");
        wire.client().close();
        assertThatThrownBy(server::read).isInstanceOf(IOException.class);
    }

    @Test
    void handshakeKeyOfTheStandard() {
        assertThat(WebSocketHandshake.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    private void raw(String hex) throws IOException {
        wire.client().out().write(HexFormat.of().parseHex(hex));
        wire.client().out().flush();
    }

    private void rawToClient(String hex) throws IOException {
        wire.server().out().write(HexFormat.of().parseHex(hex));
        wire.server().out().flush();
    }
}
