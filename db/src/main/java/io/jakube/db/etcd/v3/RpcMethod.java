package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Message;
import org.jspecify.annotations.Nullable;

/**
 * One method of a service, independent of how it is called (gRPC or JSON over HTTP).
 *
 * @param service full name of the service
 * @param name the method's name
 * @param kind whether requests and responses are streams
 * @param request default instance of the request
 * @param response default instance of the response
 */
public record RpcMethod<Q extends Message, A extends Message>(String service, String name, Kind kind, Q request, A response, Streaming<Q, A> handler) {
    public RpcMethod {
        requireNonNull(handler, "handler is null");
    }

    /** What is a stream. */
    public enum Kind {
        UNARY,
        SERVER_STREAMING,
        BIDIRECTIONAL
    }

    /** A method with one request and one response; may block, and may throw anything {@link EtcdError#translate} knows. */
    public interface Unary<Q, A> {
        A call(Caller caller, Q request);
    }

    /** A method as a conversation. */
    public interface Streaming<Q, A> {
        Inbound<Q> open(Caller caller, Outbound<A> out);
    }

    /** What the client says. Called by one thread at a time. */
    public interface Inbound<Q> {
        void next(Q request);

        /** The client has said everything. */
        default void completed() {}

        /** The client is gone; nothing can be sent any more. */
        default void cancelled() {}
    }

    /** What is said to the client. Thread-safe. Calls after the end are ignored. */
    public interface Outbound<A> {
        void send(A response);

        void complete();

        void fail(Throwable reason);

        /** Whether a response would leave at once instead of piling up. */
        boolean ready();

        /** Sets what to call when {@link #ready} becomes true. */
        void onReady(Runnable action);
    }

    /** As {@link #unary}, for a handler that may wait as long as the client does: it is interrupted when the client goes. */
    static <Q extends Message, A extends Message> RpcMethod<Q, A> waiting(String service, String name, Q request, A response, Unary<Q, A> handler) {
        return new RpcMethod<>(service, name, Kind.UNARY, request, response, (caller, out) -> new Inbound<>() {
            private volatile @Nullable Thread worker;

            @Override
            public void next(Q asked) {
                worker = Thread.startVirtualThread(() -> {
                    try {
                        out.send(handler.call(caller, asked));
                        out.complete();
                    } catch (RuntimeException e) {
                        out.fail(e);
                    }
                });
            }

            @Override
            public void cancelled() {
                Thread waiting = worker;
                if (waiting != null) {
                    waiting.interrupt();
                }
            }
        });
    }

    static <Q extends Message, A extends Message> RpcMethod<Q, A> unary(String service, String name, Q request, A response, Unary<Q, A> handler) {
        return new RpcMethod<>(service, name, Kind.UNARY, request, response, (caller, out) -> answer -> {
            out.send(handler.call(caller, answer));
            out.complete();
        });
    }
}
