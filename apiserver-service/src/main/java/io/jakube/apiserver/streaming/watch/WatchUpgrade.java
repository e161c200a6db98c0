package io.jakube.apiserver.streaming.watch;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.http.UpgradeHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.streaming.upgrade.Upgrades;
import io.jakube.apiserver.streaming.wire.Duplex;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Role;
import io.jakube.common.status.ApiException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A watch over a WebSocket: every event is a text message. fabric8 and browsers ask for watches this way. */
public final class WatchUpgrade implements UpgradeHandler {
    private static final Logger LOG = LoggerFactory.getLogger(WatchUpgrade.class);

    private final Function<RequestContext, ApiResponse> watches;

    /** @param watches answers a watch over plain HTTP */
    public WatchUpgrade(Function<RequestContext, ApiResponse> watches) {
        this.watches = requireNonNull(watches, "watches is null");
    }

    @Override
    public boolean handles(RequestContext context) {
        return context.info().resourceRequest() && context.info().verb().equals("watch") && Upgrades.isWebSocket(context.request());
    }

    @Override
    public void upgrade(RequestContext context, HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
        Upgrades.requireHandshake(context.request());
        if (!(watches.apply(context) instanceof ApiResponse.Streaming stream)) {
            throw ApiException.badRequest("the request is no watch");
        }
        Upgrades.webSocket(context.request(), request, response, Upgrades.subprotocol(context.request(), Set.of()), connection -> send(stream, connection));
    }

    private static void send(ApiResponse.Streaming stream, Duplex connection) {
        WebSocketConnection socket = new WebSocketConnection(connection, Role.SERVER);
        AtomicBoolean gone = new AtomicBoolean();
        Thread reader = Thread.ofVirtual().name("watch-client").start(() -> drain(socket, gone));
        try {
            stream.writer().write(new Messages(socket), gone::get);
            socket.sendClose(WebSocketConnection.NORMAL, "");
            reader.join(Duplex.LINGER);
        } catch (IOException e) {
            LOG.debug("a watch's WebSocket ended: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The client has nothing to say, but may close or vanish, which ends the watch. */
    private static void drain(WebSocketConnection socket, AtomicBoolean gone) {
        try {
            boolean open = true;
            while (open) {
                open = socket.read() != null;
            }
        } catch (IOException e) {
            LOG.debug("a watch's client left: {}", e.getMessage());
        } finally {
            gone.set(true);
        }
    }

    /** Sends each line as a message when flushed. Used by one thread. */
    private static final class Messages extends OutputStream {
        private final WebSocketConnection socket;
        private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

        Messages(WebSocketConnection socket) {
            this.socket = socket;
        }

        @Override
        public void write(int b) {
            lines.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            lines.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            byte[] bytes = lines.toByteArray();
            lines.reset();
            int start = 0;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n') {
                    socket.writeText(bytes, start, i - start);
                    start = i + 1;
                }
            }
            lines.write(bytes, start, bytes.length - start);
        }
    }
}
