package io.jakube.db.etcd.transport;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Serves gRPC and HTTP/1.1 on one port, with or without TLS: the first bytes a client sends say which it is. HTTP/2 begins with its connection preface
 * (RFC 9113, 3.4), which is not a request any HTTP/1.1 client would send.
 */
final class SharedPort implements InternalProtocolNegotiator.ProtocolNegotiator {
    private static final byte[] PREFACE_START = {'P', 'R', 'I', ' '};
    private static final int MAX_BODY_BYTES = 4 << 20;

    private final @Nullable SslContext tls;
    private final HttpConnection.Handler http;

    SharedPort(@Nullable SslContext tls, HttpConnection.Handler http) {
        this.tls = tls;
        this.http = http;
    }

    @Override
    public AsciiString scheme() {
        return AsciiString.of(tls == null ? "http" : "https");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        return new Recognition(grpc);
    }

    @Override
    public void close() {}

    /** Waits for the first bytes, then makes room for the handlers of the protocol they belong to. */
    private final class Recognition extends ByteToMessageDecoder {
        private final GrpcHttp2ConnectionHandler grpc;
        private @Nullable SslHandler ssl;

        Recognition(GrpcHttp2ConnectionHandler grpc) {
            this.grpc = grpc;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            if (tls != null) {
                ssl = tls.newHandler(context.alloc());
                context.pipeline().addBefore(context.name(), null, ssl);
            }
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            int seen = Math.min(in.readableBytes(), PREFACE_START.length);
            for (int i = 0; i < seen; i++) {
                if (in.getByte(in.readerIndex() + i) != PREFACE_START[i]) {
                    becomeHttp(context);
                    return;
                }
            }
            if (seen == PREFACE_START.length) {
                becomeGrpc(context);
            }
        }

        private void becomeGrpc(ChannelHandlerContext context) {
            ChannelPipeline pipeline = context.pipeline();
            pipeline.addAfter(context.name(), null, InternalProtocolNegotiators.grpcNegotiationHandler(grpc));
            context.fireUserEventTriggered(InternalProtocolNegotiationEvent.withAttributes(InternalProtocolNegotiationEvent.getDefault(), attributes(context)));
            pipeline.remove(this);
        }

        private Attributes attributes(ChannelHandlerContext context) {
            Attributes.Builder attributes = Attributes.newBuilder()
                    .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, context.channel().localAddress())
                    .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, context.channel().remoteAddress());
            SSLSession session = session();
            if (session != null) {
                attributes.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session);
            }
            return attributes.build();
        }

        private @Nullable SSLSession session() {
            return ssl == null ? null : ssl.engine().getSession();
        }

        private void becomeHttp(ChannelHandlerContext context) {
            ChannelPipeline pipeline = context.pipeline();
            SSLSession session = session();
            HttpConnection connection = new HttpConnection(http, session == null ? null : PeerName.of(session));
            pipeline.addAfter(context.name(), "http-requests", connection);
            pipeline.addAfter(context.name(), "http-bodies", new HttpObjectAggregator(MAX_BODY_BYTES));
            pipeline.addAfter(context.name(), "http", new HttpServerCodec());
            pipeline.remove(this);
        }
    }
}
