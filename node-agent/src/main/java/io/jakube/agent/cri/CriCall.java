package io.jakube.agent.cri;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One unary method of a gRPC service. */
final class CriCall<Q extends Message, A extends Message> {
    private final MethodDescriptor<Q, A> method;

    CriCall(String service, String name, Q requestDefault, A responseDefault) {
        method = MethodDescriptor.<Q, A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
                .setRequestMarshaller(ProtoUtils.marshaller(requestDefault))
                .setResponseMarshaller(ProtoUtils.marshaller(responseDefault))
                .build();
    }

    /** Blocks until the answer is there or {@code timeout} has passed. */
    A call(Channel channel, Q request, Duration timeout) {
        try {
            CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return ClientCalls.blockingUnaryCall(channel, method, options, request);
        } catch (StatusRuntimeException e) {
            String description = e.getStatus().getDescription();
            throw new RuntimeFailure(e.getStatus().getCode(), description == null ? e.getStatus().getCode().name() : description);
        }
    }
}
