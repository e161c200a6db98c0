package io.jakube.apiserver.streaming.upgrade;

import io.jakube.apiserver.streaming.wire.BytePipe;
import io.jakube.apiserver.streaming.wire.Duplex;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection taken over from the servlet container, as a {@link Duplex}. The container announces input (Liberty cannot block in reads of upgraded TLS
 * connections) and calls back on one thread at a time; that thread puts it into a bounded pipe and waits there while the session does not keep up, which
 * makes TCP hold back the client. Reading from another thread later, instead of waiting, corrupts Liberty's input. Output is written in place by whoever
 * writes.
 */
public final class UpgradedConnection implements HttpUpgradeHandler, ReadListener, Duplex {
    private static final Logger LOG = LoggerFactory.getLogger(UpgradedConnection.class);
    private static final int CAPACITY = 256 * 1024;
    private static final int BUFFER = 16 * 1024;

    private final BytePipe pipe = new BytePipe(CAPACITY);
    private final InputStream input = pipe.asStream();
    private final byte[] buffer = new byte[BUFFER];
    private @Nullable Consumer<Duplex> session;
    private @Nullable WebConnection connection;
    private @Nullable ServletInputStream source;
    private @Nullable OutputStream sink;
    private volatile boolean closed;

    /** What is done with the connection, on a virtual thread; the connection is closed when it returns. Set before the container begins. */
    void begin(Consumer<Duplex> with) {
        session = with;
    }

    @Override
    public void init(WebConnection opened) {
        try {
            connection = opened;
            source = opened.getInputStream();
            sink = opened.getOutputStream();
            Consumer<Duplex> work = session;
            if (work == null) {
                throw new IOException("nobody wants the upgraded connection");
            }
            source.setReadListener(this);
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

    /** Waits, on the container's thread, while the session does not keep up. */
    @Override
    public void onDataAvailable() {
        ServletInputStream from = source;
        if (from == null) {
            return;
        }
        try {
            while (!closed && from.isReady()) {
                int count = from.read(buffer);
                if (count < 0) {
                    pipe.end(null);
                    return;
                }
                pipe.put(Arrays.copyOf(buffer, count));
            }
        } catch (IOException | IllegalStateException e) {
            pipe.end(new IOException(e.getMessage(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            pipe.end(new IOException("interrupted", e));
        }
    }

    @Override
    public void onAllDataRead() {
        pipe.end(null);
    }

    @Override
    public void onError(Throwable failure) {
        LOG.debug("an upgraded connection broke: {}", failure.getMessage());
        pipe.end(new IOException(String.valueOf(failure.getMessage()), failure));
    }

    @Override
    public InputStream in() {
        return input;
    }

    @Override
    public OutputStream out() {
        OutputStream out = sink;
        if (out == null) {
            throw new IllegalStateException("the connection has not been opened");
        }
        return out;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        pipe.abandon();
        WebConnection opened = connection;
        if (opened != null) {
            try {
                opened.close();
            } catch (Exception e) {
                LOG.debug("closing an upgraded connection: {}", e.getMessage());
            }
        }
    }

    @Override
    public void destroy() {
        closed = true;
        pipe.abandon();
    }
}
