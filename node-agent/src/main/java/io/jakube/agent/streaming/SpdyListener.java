package io.jakube.agent.streaming;

import io.netty.buffer.ByteBuf;

/** Told what happens on a {@link SpdyConnection}, on its event loop. */
interface SpdyListener {
    /** The runtime took the connection; streams can be opened. */
    void onOpen(SpdyConnection connection);

    /** Data of a stream; released by the caller. */
    void onData(int streamId, ByteBuf data, boolean last);

    /** The runtime gave up a stream. */
    void onReset(int streamId);

    /** The connection is gone. @param problem empty for an orderly end */
    void onClose(String problem);
}
