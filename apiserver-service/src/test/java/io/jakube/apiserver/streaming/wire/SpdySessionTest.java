package io.jakube.apiserver.streaming.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpdySessionTest {
    private final FakeDuplex.Pair wire = FakeDuplex.pair();
    private final SpdyClient client = new SpdyClient(wire.client());
    private final SpdySession session = new SpdySession(wire.server());

    @Test
    void streamsCarryCompressedHeadersAndData() throws Exception {
        int first = client.open(Map.of("streamtype", "error", "port", "8080", "requestid", "0"));
        int second = client.open(Map.of("streamtype", "data", "port", "8080", "requestid", "0"));
        client.data(second, "hello", true);
        assertThat(session.read()).isEqualTo(new SpdySession.Opened(first, Map.of("streamtype", "error", "port", "8080", "requestid", "0"), false));
        assertThat(session.read()).isEqualTo(new SpdySession.Opened(second, Map.of("streamtype", "data", "port", "8080", "requestid", "0"), false));
        SpdySession.Data data = (SpdySession.Data) session.read();
        assertThat(new String(data.data(), StandardCharsets.UTF_8)).isEqualTo("hello");
        assertThat(data.last()).isTrue();
    }

    @Test
    void answersInTheClientsFrames() throws Exception {
        session.accept(1);
        session.data(1, "xhello".getBytes(StandardCharsets.UTF_8), 1, 5);
        session.end(1);
        session.goAway();
        assertThat(((SpdySynReplyFrame) client.read()).headers()).as("Go's clients wait for a header block").isNotEmpty();
        SpdyDataFrame data = (SpdyDataFrame) client.read();
        assertThat(data.content().toString(StandardCharsets.UTF_8)).isEqualTo("hello");
        assertThat(((SpdyDataFrame) client.read()).isLast()).isTrue();
        assertThat(client.read()).isInstanceOf(SpdyGoAwayFrame.class);
    }

    @Test
    void pingsAreAnsweredWhileReading() throws Exception {
        client.ping(7);
        client.open(Map.of("streamtype", "error"));
        assertThat(session.read()).isInstanceOf(SpdySession.Opened.class);
        assertThat(((SpdyPingFrame) client.read()).id()).isEqualTo(7);
    }

    @Test
    void theEndOfTheConnectionIsTheEnd() throws Exception {
        wire.client().close();
        assertThat(session.read()).isNull();
    }

    @Test
    void nonsenseIsAnError() throws Exception {
        wire.client().out().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n\u0080\u0003\u0000\u0001".getBytes(StandardCharsets.ISO_8859_1));
        wire.client().out().write(new byte[] {(byte) 0x80, 7, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8});
        wire.client().out().flush();
        wire.client().close();
        assertThatThrownBy(() -> {
            for (Object event = session.read(); event != null; event = session.read()) {
                assertThat(event).isNotNull();
            }
            throw new IOException("ended");
        }).isInstanceOf(IOException.class);
    }
}
