package io.jakube.db.etcd.v3;

import com.google.protobuf.Message;
import java.util.ArrayDeque;

/** Responses on their way to a client that may read slowly. Never blocks; whoever fills it asks {@link #full} first. Thread-safe. */
final class Outbox<A extends Message> {
    private static final long FULL_BYTES = 16L << 20;

    private final RpcMethod.Outbound<A> out;
    private final Runnable roomAgain;
    private final ArrayDeque<A> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean wasFull;

    /** @param roomAgain called on a thread of its own when a full outbox is empty again */
    Outbox(RpcMethod.Outbound<A> out, Runnable roomAgain) {
        this.out = out;
        this.roomAgain = roomAgain;
        out.onReady(this::drain);
    }

    synchronized void add(A response) {
        waiting.add(response);
        bytes += response.getSerializedSize();
        drain();
    }

    synchronized boolean full() {
        boolean full = bytes > FULL_BYTES;
        wasFull |= full;
        return full;
    }

    private synchronized void drain() {
        while (!waiting.isEmpty() && out.ready()) {
            A next = waiting.remove();
            bytes -= next.getSerializedSize();
            out.send(next);
        }
        if (wasFull && waiting.isEmpty()) {
            wasFull = false;
            Thread.startVirtualThread(roomAgain);
        }
    }
}
