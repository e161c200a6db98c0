package io.jakube.apiserver.streaming.logs;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.http.UpgradeHandler;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.streaming.logs.ContainerLogs.OpenLog;
import io.jakube.apiserver.streaming.upgrade.Upgrades;
import io.jakube.apiserver.streaming.wire.Duplex;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs over a WebSocket: every piece of text is a message, binary, or base64 in text with {@code base64.binary.k8s.io}. */
public final class LogUpgrade implements UpgradeHandler {
    private static final Logger LOG = LoggerFactory.getLogger(LogUpgrade.class);
    private static final String BASE64 = "base64.binary.k8s.io";
    private static final Set<String> PROTOCOLS = Set.of("binary.k8s.io", BASE64);
    private static final int BUFFER = 16 * 1024;

    private final ContainerLogs logs;

    public LogUpgrade(ContainerLogs logs) {
        this.logs = requireNonNull(logs, "logs is null");
    }

    @Override
    public boolean handles(RequestContext context) {
        return context.info().resourceRequest() && context.info().group().isEmpty() && context.info().resource().equals("pods") && context.info().subresource().equals("log")
                && Upgrades.isWebSocket(context.request());
    }

    @Override
    public void upgrade(RequestContext context, HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
        Upgrades.requireHandshake(context.request());
        String protocol = Upgrades.subprotocol(context.request(), PROTOCOLS);
        Optional<OpenLog> log = logs.open(context);
        Upgrades.webSocket(context.request(), request, response, protocol, connection -> send(log.orElse(null), connection, protocol.equals(BASE64)));
    }

    private static void send(@Nullable OpenLog log, Duplex connection, boolean base64) {
        WebSocketConnection socket = new WebSocketConnection(connection, Role.SERVER);
        Thread reader = Thread.ofVirtual().name("log-client").start(() -> drain(socket, log));
        try {
            if (log != null) {
                byte[] buffer = new byte[BUFFER];
                for (int count = log.text().read(buffer); count >= 0; count = log.text().read(buffer)) {
                    if (base64) {
                        byte[] text = Base64.getEncoder().encode(Arrays.copyOf(buffer, count));
                        socket.writeText(text, 0, text.length);
                    } else {
                        socket.writeBinary(buffer, 0, count);
                    }
                }
            }
            socket.sendClose(WebSocketConnection.NORMAL, "");
            reader.join(Duplex.LINGER);
        } catch (IOException e) {
            LOG.debug("a log's WebSocket ended: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (log != null) {
                log.connection().close();
            }
        }
    }

    /** The client has nothing to say, but may close or vanish, which ends the log. */
    private static void drain(WebSocketConnection socket, @Nullable OpenLog log) {
        try {
            boolean open = true;
            while (open) {
                open = socket.read() != null;
            }
        } catch (IOException e) {
            LOG.debug("a log's client left: {}", e.getMessage());
        } finally {
            if (log != null) {
                log.connection().close();
            }
        }
    }
}
