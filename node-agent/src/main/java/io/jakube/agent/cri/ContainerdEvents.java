package io.jakube.agent.cri;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.jakube.agent.cri.events.Envelope;
import io.jakube.agent.cri.events.SubscribeRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * containerd's task events as change hints, served on the same socket as CRI. Another runtime answers {@code UNIMPLEMENTED}; then
 * there are no hints and the caller has to poll more often. A lost stream is opened again every second.
 */
final class ContainerdEvents {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerdEvents.class);
    private static final MethodDescriptor<SubscribeRequest, Envelope> SUBSCRIBE = MethodDescriptor.<SubscribeRequest, Envelope>newBuilder()
            .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
            .setFullMethodName("containerd.services.events.v1.Events/Subscribe")
            .setRequestMarshaller(ProtoUtils.marshaller(SubscribeRequest.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Envelope.getDefaultInstance()))
            .build();

    private final ManagedChannel channel;
    private volatile boolean connected;

    ContainerdEvents(ManagedChannel channel) {
        this.channel = channel;
    }

    boolean connected() {
        return connected;
    }

    AutoCloseable subscribe(Runnable hint) {
        Subscription subscription = new Subscription(hint);
        subscription.open();
        return subscription::close;
    }

    private final class Subscription extends ClientCall.Listener<Envelope> {
        private final Runnable hint;
        private volatile boolean closed;
        private volatile ClientCall<SubscribeRequest, Envelope> call;

        Subscription(Runnable hint) {
            this.hint = hint;
        }

        void open() {
            ClientCall<SubscribeRequest, Envelope> opened = channel.newCall(SUBSCRIBE, CallOptions.DEFAULT.withWaitForReady());
            call = opened;
            opened.start(this, new Metadata());
            opened.sendMessage(SubscribeRequest.newBuilder()
                    .addFilters("namespace==k8s.io,topic==/tasks/exit")
                    .addFilters("namespace==k8s.io,topic==/tasks/start")
                    .addFilters("namespace==k8s.io,topic==/tasks/oom")
                    .build());
            opened.halfClose();
            opened.request(64);
        }

        void close() {
            closed = true;
            call.cancel("closed", null);
        }

        @Override
        public void onHeaders(Metadata headers) {
            connected = true;
        }

        @Override
        public void onMessage(Envelope message) {
            connected = true;
            call.request(1);
            hint.run();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            connected = false;
            if (closed || channel.isShutdown()) {
                return;
            }
            if (status.getCode() == Status.Code.UNIMPLEMENTED) {
                LOG.info("The runtime has no containerd event service; container changes are found by polling");
                return;
            }
            hint.run();
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Thread::startVirtualThread).execute(() -> {
                if (!closed && !channel.isShutdown()) {
                    open();
                }
            });
        }
    }
}
