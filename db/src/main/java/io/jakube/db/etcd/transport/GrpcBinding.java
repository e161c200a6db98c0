package io.jakube.db.etcd.transport;

import com.google.protobuf.Message;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.jakube.db.etcd.v3.Caller;
import io.jakube.db.etcd.v3.EtcdError;
import io.jakube.db.etcd.v3.RpcMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Offers methods over gRPC. */
final class GrpcBinding {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private GrpcBinding() {}

    static List<ServerServiceDefinition> services(List<RpcMethod<?, ?>> methods) {
        Map<String, ServerServiceDefinition.Builder> services = new LinkedHashMap<>();
        for (RpcMethod<?, ?> method : methods) {
            add(services.computeIfAbsent(method.service(), ServerServiceDefinition::builder), method);
        }
        List<ServerServiceDefinition> definitions = new ArrayList<>();
        services.values().forEach(builder -> definitions.add(builder.build()));
        return definitions;
    }

    private static <Q extends Message, A extends Message> void add(ServerServiceDefinition.Builder service, RpcMethod<Q, A> method) {
        MethodDescriptor<Q, A> descriptor = MethodDescriptor.<Q, A>newBuilder()
                .setType(switch (method.kind()) {
                    case UNARY -> MethodDescriptor.MethodType.UNARY;
                    case SERVER_STREAMING -> MethodDescriptor.MethodType.SERVER_STREAMING;
                    case BIDIRECTIONAL -> MethodDescriptor.MethodType.BIDI_STREAMING;
                })
                .setFullMethodName(MethodDescriptor.generateFullMethodName(method.service(), method.name()))
                .setRequestMarshaller(ProtoUtils.marshaller(method.request()))
                .setResponseMarshaller(ProtoUtils.marshaller(method.response()))
                .build();
        ServerCallHandler<Q, A> handler = (call, headers) -> new Conversation<>(call, caller(call, headers), method);
        service.addMethod(descriptor, handler);
    }

    private static Caller caller(ServerCall<?, ?> call, Metadata headers) {
        String token = headers.get(TOKEN);
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        return new Caller(token != null ? token : headers.get(AUTHORIZATION), session == null ? null : PeerName.of(session));
    }

    /** A call in progress. gRPC calls the listener by one thread at a time; responses come from any thread. */
    private static final class Conversation<Q extends Message, A extends Message> extends ServerCall.Listener<Q> implements RpcMethod.Outbound<A> {
        private final ServerCall<Q, A> call;
        private final RpcMethod.Inbound<Q> inbound;
        private volatile @Nullable Runnable onReady;
        private boolean begun;
        private boolean ended;

        Conversation(ServerCall<Q, A> call, Caller caller, RpcMethod<Q, A> method) {
            this.call = call;
            this.inbound = method.handler().open(caller, this);
            call.request(1);
            if (method.kind() == RpcMethod.Kind.BIDIRECTIONAL) {
                // Clients may wait for headers before they speak.
                begin();
            }
        }

        private void begin() {
            if (!begun) {
                begun = true;
                call.sendHeaders(new Metadata());
            }
        }

        @Override
        public void onMessage(Q message) {
            try {
                inbound.next(message);
            } catch (RuntimeException e) {
                fail(e);
            }
            call.request(1);
        }

        @Override
        public void onHalfClose() {
            inbound.completed();
        }

        @Override
        public void onCancel() {
            synchronized (this) {
                ended = true;
            }
            inbound.cancelled();
        }

        @Override
        public void onReady() {
            Runnable action = onReady;
            if (action != null) {
                action.run();
            }
        }

        @Override
        public synchronized void send(A response) {
            if (!ended) {
                begin();
                call.sendMessage(response);
            }
        }

        @Override
        public synchronized void complete() {
            if (!ended) {
                ended = true;
                call.close(Status.OK, new Metadata());
            }
        }

        @Override
        public synchronized void fail(Throwable reason) {
            if (!ended) {
                ended = true;
                StatusRuntimeException told = EtcdError.translate(reason);
                call.close(told.getStatus(), new Metadata());
            }
        }

        @Override
        public boolean ready() {
            return call.isReady();
        }

        @Override
        public void onReady(Runnable action) {
            onReady = action;
        }
    }
}
