package io.jakube.apiserver.streaming.command;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.streaming.CommandFlags;
import io.jakube.apiserver.streaming.wire.SpdySession;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A command's streams as SPDY streams, which the client opens and names by the header {@code streamType}. */
final class SpdyCommandClient implements CommandClient {
    private static final String V4 = "v4.channel.k8s.io";
    private static final String V3 = "v3.channel.k8s.io";

    /** Stream protocols spoken; without any, a client gets the first. */
    static final Set<String> PROTOCOLS = Set.of(V4, V3, "v2.channel.k8s.io", "channel.k8s.io");

    private static final byte[] NOTHING = new byte[0];
    private static final Map<String, Integer> TYPES =
            Map.of("stdin", Channels.STDIN, "stdout", Channels.STDOUT, "stderr", Channels.STDERR, "error", Channels.ERROR, "resize", Channels.RESIZE);

    private final SpdySession session;
    private final boolean statusObject;
    private final Set<Integer> expected = new HashSet<>(Set.of(Channels.ERROR));
    private final Map<Integer, Integer> streamOf = new HashMap<>();
    private final Map<Integer, Integer> channelOf = new HashMap<>();
    private final Queue<Input> early = new ArrayDeque<>();

    SpdyCommandClient(SpdySession session, String protocol, CommandFlags flags) {
        this.session = requireNonNull(session, "session is null");
        this.statusObject = protocol.equals(V4);
        if (flags.stdin()) {
            expected.add(Channels.STDIN);
        }
        if (flags.stdout()) {
            expected.add(Channels.STDOUT);
        }
        if (flags.stderr()) {
            expected.add(Channels.STDERR);
        }
        if (flags.tty() && (protocol.equals(V4) || protocol.equals(V3))) {
            expected.add(Channels.RESIZE);
        }
    }

    @Override
    public void open() throws IOException {
        while (!streamOf.keySet().containsAll(expected)) {
            SpdySession.Event event = session.read();
            if (event == null) {
                throw new IOException("the client left before it had opened its streams");
            }
            Input input = input(event);
            if (input != null) {
                early.add(input);
            }
        }
    }

    @Override
    public @Nullable Input read() throws IOException {
        Input first = early.poll();
        if (first != null) {
            return first;
        }
        while (true) {
            SpdySession.Event event = session.read();
            if (event == null) {
                return null;
            }
            Input input = input(event);
            if (input != null) {
                return input;
            }
        }
    }

    private @Nullable Input input(SpdySession.Event event) throws IOException {
        return switch (event) {
            case SpdySession.Opened opened -> {
                Integer channel = TYPES.get(opened.headers().getOrDefault("streamtype", ""));
                if (channel == null || !expected.contains(channel) || streamOf.containsKey(channel)) {
                    session.reset(opened.stream());
                    yield null;
                }
                streamOf.put(channel, opened.stream());
                channelOf.put(opened.stream(), channel);
                session.accept(opened.stream());
                yield opened.last() ? new Input(channel, NOTHING, 0, true) : null;
            }
            case SpdySession.Data data -> {
                Integer channel = channelOf.get(data.stream());
                yield channel == null ? null : new Input(channel, data.data(), 0, data.last());
            }
            case SpdySession.Reset reset -> {
                Integer channel = channelOf.get(reset.stream());
                yield channel == null ? null : new Input(channel, NOTHING, 0, true);
            }
        };
    }

    @Override
    public void write(int channel, byte[] data, int offset, int length) throws IOException {
        Integer stream = streamOf.get(channel);
        if (stream != null && length > 0) {
            session.data(stream, data, offset, length);
        }
    }

    @Override
    public void status(byte[] status) throws IOException {
        byte[] text = statusObject ? status : StatusText.of(status);
        write(Channels.ERROR, text, 0, text.length);
    }

    @Override
    public void finish() throws IOException {
        for (int channel : new int[] {Channels.STDOUT, Channels.STDERR, Channels.ERROR}) {
            Integer stream = streamOf.get(channel);
            if (stream != null) {
                session.end(stream);
            }
        }
        session.goAway();
    }
}
