package io.jakube.agent.server;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.pod.PodDirectory;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The agent's HTTPS server, for the API server's use. The README describes what it serves. */
public final class AgentServer implements AutoCloseable {
    private static final int MAX_BODY = 64 * 1024;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, Thread.ofPlatform().daemon().name("server-io").factory(), NioIoHandler.newFactory());
    private final Channel channel;

    /**
     * Starts to serve on all addresses.
     *
     * @param port 0 for any free one
     * @param pki directory with {@code node.crt}, {@code node.key} and {@code ca.crt}
     * @param simulated whether the pods are only bookkeeping, so that logs and streams are refused with that reason
     * @throws IOException if the certificates cannot be read or the port is taken
     */
    public AgentServer(int port, Path pki, PodDirectory pods, ContainerRuntime runtime, String nodeName, boolean simulated) throws IOException {
        requireNonNull(pki, "pki is null");
        Requests requests = new Requests(pods, runtime, nodeName, simulated);
        SslContext tls;
        try {
            tls = SslContextBuilder.forServer(pki.resolve("node.crt").toFile(), pki.resolve("node.key").toFile())
                    .sslProvider(SslProvider.JDK)
                    .trustManager(pki.resolve("ca.crt").toFile())
                    .clientAuth(ClientAuth.OPTIONAL)
                    .build();
        } catch (IllegalArgumentException e) {
            throw new IOException("the agent's certificates in " + pki + " cannot be used: " + e.getMessage(), e);
        }
        try {
            channel = new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel accepted) {
                            accepted.pipeline()
                                    .addLast(tls.newHandler(accepted.alloc()))
                                    .addLast(new HttpServerCodec())
                                    .addLast(new HttpObjectAggregator(MAX_BODY))
                                    .addLast(new HttpHandler(requests));
                        }
                    })
                    .bind(port)
                    .syncUninterruptibly()
                    .channel();
        } catch (Exception e) {
            // Netty throws a BindException that its signatures do not declare.
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException("port " + port + " of the agent's server cannot be used: " + e.getMessage(), e);
        }
    }

    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
