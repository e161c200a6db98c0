package io.jakube.apiserver.streaming.upgrade;

import io.jakube.apiserver.streaming.wire.Duplex;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection taken over from the servlet container, as a {@link Duplex}. Output is written in place by whoever writes. */
public final class UpgradedConnection implements HttpUpgradeHandler, Duplex {
    private static final Logger LOG = LoggerFactory.getLogger(UpgradedConnection.class);
    private @Nullable Consumer<Duplex> session;
    private @Nullable WebConnection connection;
    private @Nullable LibertyChannel input;
    private @Nullable OutputStream sink;
    private final AtomicBoolean closing = new AtomicBoolean();

    /** What is done with the connection, on a virtual thread; the connection is closed when it returns. Set before the container begins. */
    void begin(Consumer<Duplex> with) {
        session = with;
    }

    @Override
    public void init(WebConnection opened) {
        try {
            connection = opened;
            LibertyChannel from = new LibertyChannel(opened);
            input = from;
            sink = opened.getOutputStream();
            Consumer<Duplex> work = session;
            if (work == null) {
                throw new IOException("nobody wants the upgraded connection");
            }
            from.start();
            Thread.ofVirtual().name("upgraded").start(() -> run(work));
        } catch (IOException e) {
            LOG.warn("an upgraded connection could not be opened: {}", e.getMessage());
            close();
        }
    }

    private void run(Consumer<Duplex> work) {
        try {
            work.accept(this);
        } catch (RuntimeException e) {
            LOG.error("an upgraded connection ended by a fault", e);
        } finally {
            close();
        }
    }

    @Override
    public InputStream in() {
        return opened(input).stream();
    }

    @Override
    public OutputStream out() {
        return opened(sink);
    }

    private static <T> T opened(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the connection has not been opened");
        }
        return part;
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        LibertyChannel from = input;
        WebConnection opened = connection;
        if (from != null) {
            from.abandon();
        }
        if (opened != null) {
            try {
                opened.close();
            } catch (Exception e) {
                LOG.debug("closing an upgraded connection: {}", e.getMessage());
            }
        }
        if (from != null) {
            from.close();
        }
    }

    @Override
    public void destroy() {
        LibertyChannel from = input;
        if (from != null) {
            from.abandon();
        }
    }
}
