package io.jakube.db.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.jakube.db.Key;
import io.jakube.db.etcd.api.Compare;
import io.jakube.db.etcd.api.Event;
import io.jakube.db.etcd.api.PutRequest;
import io.jakube.db.etcd.api.RangeRequest;
import io.jakube.db.etcd.api.RangeResponse;
import io.jakube.db.etcd.api.RequestOp;
import io.jakube.db.etcd.api.TxnRequest;
import io.jakube.db.etcd.api.TxnResponse;
import io.jakube.db.etcd.api.WatchCreateRequest;
import io.jakube.db.etcd.api.WatchRequest;
import io.jakube.db.etcd.api.WatchResponse;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/** Whatever speaks etcd's protocol, version 3, over a few connections. Calls share connections in turns. */
final class EtcdTarget implements LoadTarget {
    private static final int CONNECTIONS = 4;
    private static final int MAX_MESSAGE_BYTES = 512 << 20;
    private static final MethodDescriptor<RangeRequest, RangeResponse> RANGE =
            method("etcdserverpb.KV/Range", MethodDescriptor.MethodType.UNARY, RangeRequest.getDefaultInstance(), RangeResponse.getDefaultInstance());
    private static final MethodDescriptor<TxnRequest, TxnResponse> TXN =
            method("etcdserverpb.KV/Txn", MethodDescriptor.MethodType.UNARY, TxnRequest.getDefaultInstance(), TxnResponse.getDefaultInstance());
    private static final MethodDescriptor<WatchRequest, WatchResponse> WATCH = method(
            "etcdserverpb.Watch/Watch", MethodDescriptor.MethodType.BIDI_STREAMING, WatchRequest.getDefaultInstance(), WatchResponse.getDefaultInstance());

    private final String name;
    private final List<Long> servers;
    private final List<ManagedChannel> channels;
    private final AtomicInteger next = new AtomicInteger();

    EtcdTarget(String name, InetSocketAddress address, List<Long> servers) {
        this.name = name;
        this.servers = List.copyOf(servers);
        this.channels = IntStream.range(0, CONNECTIONS)
                .mapToObj(i -> NettyChannelBuilder.forAddress(address).usePlaintext().directExecutor().maxInboundMessageSize(MAX_MESSAGE_BYTES).build())
                .toList();
    }

    private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(String name, MethodDescriptor.MethodType type, Q request, R response) {
        return MethodDescriptor.<Q, R>newBuilder()
                .setType(type)
                .setFullMethodName(name)
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(ProtoUtils.marshaller(response))
                .build();
    }

    private ManagedChannel channel() {
        return channels.get(Math.floorMod(next.getAndIncrement(), CONNECTIONS));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Long> servers() {
        return servers;
    }

    @Override
    public long write(Key key, byte[] value, long expectedRevision) {
        ByteString name = ByteString.copyFrom(key.toBytes());
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder().setKey(name).setTarget(Compare.CompareTarget.MOD).setResult(Compare.CompareResult.EQUAL).setModRevision(expectedRevision))
                .addSuccess(RequestOp.newBuilder().setRequestPut(PutRequest.newBuilder().setKey(name).setValue(UnsafeByteOperations.unsafeWrap(value))))
                .build();
        TxnResponse response = ClientCalls.blockingUnaryCall(channel(), TXN, CallOptions.DEFAULT, request);
        if (!response.getSucceeded()) {
            throw new IllegalStateException("a write met a conflict");
        }
        return response.getHeader().getRevision();
    }

    @Override
    public int get(Key key) {
        RangeRequest request = RangeRequest.newBuilder().setKey(ByteString.copyFrom(key.toBytes())).build();
        return ClientCalls.blockingUnaryCall(channel(), RANGE, CallOptions.DEFAULT, request).getKvs(0).getValue().size();
    }

    @Override
    public int list(Key prefix) {
        return ClientCalls.blockingUnaryCall(channel(), RANGE, CallOptions.DEFAULT, prefixed(prefix)).getKvsCount();
    }

    private static RangeRequest prefixed(Key prefix) {
        return RangeRequest.newBuilder().setKey(ByteString.copyFrom(prefix.toBytes())).setRangeEnd(end(prefix)).build();
    }

    private static ByteString end(Key prefix) {
        Key end = prefix.prefixEnd();
        return ByteString.copyFrom(end == null ? new byte[] {0} : end.toBytes());
    }

    @Override
    public AutoCloseable watch(Key prefix, LongConsumer revisions) {
        CountDownLatch created = new CountDownLatch(1);
        StreamObserver<WatchRequest> requests = ClientCalls.asyncBidiStreamingCall(channel().newCall(WATCH, CallOptions.DEFAULT), new StreamObserver<>() {
            @Override
            public void onNext(WatchResponse response) {
                if (response.getCreated()) {
                    created.countDown();
                }
                for (Event event : response.getEventsList()) {
                    revisions.accept(event.getKv().getModRevision());
                }
            }

            @Override
            public void onError(Throwable failure) {
                created.countDown();
            }

            @Override
            public void onCompleted() {
                created.countDown();
            }
        });
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(ByteString.copyFrom(prefix.toBytes())).setRangeEnd(end(prefix)))
                .build());
        try {
            if (!created.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the watch was not created within 10 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return requests::onCompleted;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
