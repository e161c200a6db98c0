package io.jakube.agent.probe;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One call of {@code grpc.health.v1.Health/Check} (gRPC health checking protocol). */
final class GrpcCheck {
    private static final int SERVICE_FIELD = 1;
    private static final int STATUS_FIELD_TAG = 1 << 3;
    private static final int SERVING = 1;
    private static final MethodDescriptor<String, Integer> CHECK = MethodDescriptor.<String, Integer>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("grpc.health.v1.Health/Check")
            .setRequestMarshaller(new ServiceName())
            .setResponseMarshaller(new ServingStatus())
            .build();

    private GrpcCheck() {}

    static CheckResult check(String host, int port, String service, Duration timeout) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(host, port).usePlaintext().directExecutor().userAgent("kube-probe/1.36").build();
        try {
            int status = ClientCalls.blockingUnaryCall(
                    channel, CHECK, CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS), service);
            return status == SERVING ? CheckResult.PASSED : CheckResult.failed("service unhealthy (responded with \"" + name(status) + "\")");
        } catch (StatusRuntimeException e) {
            return CheckResult.failed(switch (e.getStatus().getCode()) {
                case UNIMPLEMENTED -> "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): " + e.getStatus().getDescription();
                case DEADLINE_EXCEEDED -> "timeout: health rpc did not complete within " + timeout.toSeconds() + "s";
                default -> "error: health rpc probe failed: " + e.getStatus();
            });
        } finally {
            channel.shutdownNow();
        }
    }

    private static String name(int status) {
        return switch (status) {
            case 2 -> "NOT_SERVING";
            case 3 -> "SERVICE_UNKNOWN";
            default -> "UNKNOWN";
        };
    }

    private static final class ServiceName implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String service) {
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                CodedOutputStream out = CodedOutputStream.newInstance(bytes);
                if (!service.isEmpty()) {
                    out.writeString(SERVICE_FIELD, service);
                }
                out.flush();
                return new ByteArrayInputStream(bytes.toByteArray());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String parse(InputStream stream) {
            throw new UnsupportedOperationException("requests are only written");
        }
    }

    private static final class ServingStatus implements MethodDescriptor.Marshaller<Integer> {
        @Override
        public InputStream stream(Integer value) {
            throw new UnsupportedOperationException("answers are only read");
        }

        @Override
        public Integer parse(InputStream stream) {
            try {
                CodedInputStream in = CodedInputStream.newInstance(stream);
                int status = 0;
                for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    if (tag == STATUS_FIELD_TAG) {
                        status = in.readEnum();
                    } else {
                        in.skipField(tag);
                    }
                }
                return status;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
