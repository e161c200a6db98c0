package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import io.grpc.Status;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.etcd.api.HealthCheckRequest;
import io.jakube.db.etcd.api.HealthCheckResponse;
import io.jakube.db.etcd.api.HealthCheckResponse.ServingStatus;
import java.util.List;

/** gRPC's health service: whether the database answers. Knows the server as a whole only (the empty service name). */
public final class HealthService {
    private static final String NAME = "grpc.health.v1.Health";

    private final KeyValueStore store;

    public HealthService(KeyValueStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    public List<RpcMethod<?, ?>> methods() {
        return List.of(
                RpcMethod.unary(NAME, "Check", HealthCheckRequest.getDefaultInstance(), HealthCheckResponse.getDefaultInstance(), (caller, request) -> {
                    requireKnown(request);
                    return response();
                }),
                new RpcMethod<>(NAME, "Watch", RpcMethod.Kind.SERVER_STREAMING, HealthCheckRequest.getDefaultInstance(), HealthCheckResponse.getDefaultInstance(),
                        (caller, out) -> request -> out.send(request.getService().isEmpty() ? response() : HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVICE_UNKNOWN).build())));
    }

    private static void requireKnown(HealthCheckRequest request) {
        if (!request.getService().isEmpty()) {
            throw Status.NOT_FOUND.withDescription("unknown service").asRuntimeException();
        }
    }

    private HealthCheckResponse response() {
        return HealthCheckResponse.newBuilder().setStatus(healthy() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING).build();
    }

    public boolean healthy() {
        try {
            store.currentRevision();
            return true;
        } catch (StoreException e) {
            return false;
        }
    }
}
