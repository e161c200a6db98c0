package io.jakube.agent.cri;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** gRPC channels over Unix domain sockets, on the JDK's own socket support. */
final class UnixChannels {
    /** The runtime answers lists of all containers of a node in one message. */
    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    private UnixChannels() {}

    static EventLoopGroup eventLoops() {
        return new MultiThreadIoEventLoopGroup(1, Thread.ofPlatform().daemon().name("cri-io").factory(), NioIoHandler.newFactory());
    }

    /** Connects lazily and again after the runtime restarted. */
    static ManagedChannel open(Path socket, EventLoopGroup loops) {
        return NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class)
                .eventLoopGroup(loops)
                .withOption(io.netty.channel.ChannelOption.CONNECT_TIMEOUT_MILLIS, 5000)
                .overrideAuthority("localhost")
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .idleTimeout(365, TimeUnit.DAYS)
                .build();
    }
}
