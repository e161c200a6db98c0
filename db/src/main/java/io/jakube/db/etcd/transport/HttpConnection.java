package io.jakube.db.etcd.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 connection: requests one after the other, each answered on a virtual thread. Its state belongs to the channel's event loop. */
public final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    /** Answers requests; may block. */
    public interface Handler {
        void handle(HttpCall call);
    }

    private final Handler handler;
    private final @Nullable String certificateName;
    private final ArrayDeque<FullHttpRequest> waiting = new ArrayDeque<>();
    private @Nullable Call current;

    HttpConnection(Handler handler, @Nullable String certificateName) {
        super(false);
        this.handler = handler;
        this.certificateName = certificateName;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        waiting.add(request);
        next(context);
    }

    private void next(ChannelHandlerContext context) {
        if (current != null || waiting.isEmpty()) {
            return;
        }
        FullHttpRequest request = waiting.remove();
        Call call = new Call(context, request, certificateName);
        request.release();
        current = call;
        Thread.ofVirtual().name("jakube-etcd-http").start(() -> handler.handle(call));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        Call open = current;
        if (open != null) {
            open.gone();
        }
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** One request and its response. */
    private final class Call implements HttpCall {
        private final ChannelHandlerContext context;
        private final String method;
        private final String path;
        private final Map<String, List<String>> parameters;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private final byte[] body;
        private final boolean keepAlive;
        private final boolean headOnly;
        private final @Nullable String certificateName;
        private @Nullable Runnable onGone;
        private boolean begun;
        private boolean ended;

        Call(ChannelHandlerContext context, FullHttpRequest request, @Nullable String certificateName) {
            this.context = context;
            this.method = request.method().name();
            this.headOnly = request.method().equals(HttpMethod.HEAD);
            QueryStringDecoder target = new QueryStringDecoder(request.uri());
            this.path = target.path();
            this.parameters = target.parameters();
            request.headers().forEach(header -> headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
            this.body = new byte[request.content().readableBytes()];
            request.content().readBytes(body);
            this.keepAlive = HttpUtil.isKeepAlive(request);
            this.certificateName = certificateName;
        }

        @Override
        public String method() {
            return method;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public Map<String, List<String>> parameters() {
            return parameters;
        }

        @Override
        public @Nullable String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }

        @Override
        public byte[] body() {
            return body;
        }

        @Override
        public @Nullable String certificateName() {
            return certificateName;
        }

        @Override
        public synchronized void respond(int status, Map<String, String> fields, byte[] content) {
            if (ended) {
                return;
            }
            ended = true;
            DefaultFullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(content));
            fields.forEach(response.headers()::set);
            if (status != HttpResponseStatus.NO_CONTENT.code()) {
                response.headers().set(HttpHeaderNames.CONTENT_LENGTH, content.length);
            }
            finish(response);
        }

        @Override
        public synchronized void begin(int status, Map<String, String> fields) {
            if (begun || ended) {
                return;
            }
            begun = true;
            HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
            fields.forEach(response.headers()::set);
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            context.writeAndFlush(response);
        }

        @Override
        public synchronized void write(byte[] part) {
            if (begun && !ended) {
                context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(part)));
            }
        }

        @Override
        public synchronized void end() {
            if (begun && !ended) {
                ended = true;
                finish(LastHttpContent.EMPTY_LAST_CONTENT);
            }
        }

        private void finish(Object last) {
            if (last instanceof HttpResponse response && !keepAlive) {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
            var written = context.writeAndFlush(last);
            if (!keepAlive) {
                written.addListener(ChannelFutureListener.CLOSE);
                return;
            }
            context.executor().execute(() -> {
                current = null;
                next(context);
            });
        }

        @Override
        public boolean writable() {
            return context.channel().isWritable();
        }

        @Override
        public void onGone(Runnable action) {
            boolean already;
            synchronized (this) {
                onGone = action;
                already = ended;
            }
            if (already && !context.channel().isActive()) {
                action.run();
            }
        }

        void gone() {
            Runnable action;
            synchronized (this) {
                ended = true;
                action = onGone;
            }
            if (action != null) {
                Thread.startVirtualThread(action);
            }
        }

        @Override
        public String toString() {
            return method + " " + path + " " + new String(body, StandardCharsets.UTF_8);
        }
    }
}
