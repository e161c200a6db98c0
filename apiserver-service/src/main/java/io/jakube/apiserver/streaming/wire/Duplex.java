package io.jakube.apiserver.streaming.wire;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * A connection that carries bytes both ways. One thread reads and another writes; both block. {@link #close} may be called by any thread, more than
 * once, and ends a blocked read.
 */
public interface Duplex extends Closeable {
    /** How long a side that has said its last word waits for the peer to close, so that nothing on its way is lost. */
    Duration LINGER = Duration.ofSeconds(3);

    /** Ends with the peer's end of stream. */
    InputStream in();

    /** What is written reaches the peer when it is flushed. */
    OutputStream out();

    /** Never throws: a connection that cannot be closed is gone. */
    @Override
    void close();
}
