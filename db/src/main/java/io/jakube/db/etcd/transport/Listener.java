package io.jakube.db.etcd.transport;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.jakube.db.etcd.v3.KvService;
import io.jakube.db.etcd.v3.RpcMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An open port. */
public final class Listener implements AutoCloseable {
    /** HTTP/1.1 connections never negotiate HTTP/2, and must not be cut off for it. */
    private static final long NEGOTIATION_DAYS = 3_650;
    /** What etcd allows a message to be larger than a request. */
    private static final int OVERHEAD_BYTES = 512 << 10;

    private static final long CLOSE_MILLIS = 500;

    private final Server server;

    private Listener(Server server) {
        this.server = server;
    }

    /**
     * Opens a port.
     *
     * @param tls null for none
     * @param executor for calls; these may block
     * @throws UncheckedIOException where the port is taken
     */
    public static Listener open(InetSocketAddress address, @Nullable TlsFiles tls, List<RpcMethod<?, ?>> methods, HttpConnection.Handler http, ExecutorService executor) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .protocolNegotiator(new SharedPort(tls == null ? null : tls.context(), http))
                .executor(executor)
                .handshakeTimeout(NEGOTIATION_DAYS, TimeUnit.DAYS)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxInboundMessageSize(KvService.MAX_REQUEST_BYTES + OVERHEAD_BYTES);
        for (ServerServiceDefinition service : GrpcBinding.services(methods)) {
            builder.addService(service);
        }
        try {
            return new Listener(builder.build().start());
        } catch (IOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UncheckedIOException("cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + cause.getMessage(), e);
        }
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                server.shutdownNow().awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
