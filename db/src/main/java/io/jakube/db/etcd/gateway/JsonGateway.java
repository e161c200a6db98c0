package io.jakube.db.etcd.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jakube.common.json.Json;
import io.jakube.db.etcd.transport.HttpCall;
import io.jakube.db.etcd.v3.Caller;
import io.jakube.db.etcd.v3.EtcdError;
import io.jakube.db.etcd.v3.RpcMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The version 3 API as JSON: each method has a path, to which its request is posted. A stream of responses is one JSON object per line; requests of a stream are
 * the objects of the body.
 */
public final class JsonGateway {
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private final Map<String, RpcMethod<?, ?>> methods = new HashMap<>();

    public JsonGateway(List<RpcMethod<?, ?>> all) {
        for (RpcMethod<?, ?> method : all) {
            GatewayPaths.of(method).forEach(path -> methods.put(path, method));
        }
    }

    /** @return whether the path belongs to a method */
    public boolean handles(String path) {
        return methods.containsKey(path);
    }

    public void handle(HttpCall call) {
        RpcMethod<?, ?> method = methods.get(call.path());
        if (method == null || !call.method().equals("POST")) {
            // As etcd's gateway: a path is known by its verb only.
            answer(call, method == null ? Status.NOT_FOUND.withDescription("Not Found") : Status.UNIMPLEMENTED.withDescription("Method Not Allowed"));
            return;
        }
        converse(call, method);
    }

    private <Q extends Message, A extends Message> void converse(HttpCall call, RpcMethod<Q, A> method) {
        String token = call.header("authorization");
        Response<A> out = new Response<>(call, method.kind() != RpcMethod.Kind.UNARY);
        RpcMethod.Inbound<Q> in = method.handler().open(new Caller(token, call.certificateName()), out);
        call.onGone(in::cancelled);
        try (MappingIterator<JsonNode> requests = Json.mapper().readerFor(JsonNode.class).readValues(call.body().length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : call.body())) {
            while (requests.hasNextValue()) {
                @SuppressWarnings("unchecked")
                Q request = (Q) ProtoJson.read(requests.nextValue(), method.request());
                in.next(request);
                if (method.kind() != RpcMethod.Kind.BIDIRECTIONAL) {
                    break;
                }
            }
        } catch (JsonEOFException e) {
            out.fail(Status.INVALID_ARGUMENT.withDescription("unexpected EOF").asRuntimeException());
        } catch (JsonProcessingException e) {
            out.fail(Status.INVALID_ARGUMENT.withDescription(e.getOriginalMessage()).asRuntimeException());
        } catch (IllegalArgumentException e) {
            out.fail(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
        } catch (IOException | RuntimeException e) {
            out.fail(e);
        }
        if (method.name().equals("LeaseKeepAlive")) {
            in.completed();
        }
    }

    private static void answer(HttpCall call, Status status) {
        ObjectNode error = Json.object();
        String text = status.getDescription() == null ? "" : status.getDescription();
        error.put("error", text).put("message", text).put("code", status.getCode().value());
        call.respond(httpStatus(status), JSON, Json.write(error));
    }

    static int httpStatus(Status status) {
        return switch (status.getCode()) {
            case OK -> 200;
            case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case CANCELLED -> 408;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
        };
    }

    /** What a method says, as an HTTP response. */
    private static final class Response<A extends Message> implements RpcMethod.Outbound<A> {
        private final HttpCall call;
        private final boolean stream;
        private boolean begun;

        Response(HttpCall call, boolean stream) {
            this.call = call;
            this.stream = stream;
        }

        @Override
        public synchronized void send(A response) {
            if (!stream) {
                call.respond(200, JSON, Json.write(ProtoJson.write(response)));
                return;
            }
            line("result", ProtoJson.write(response));
        }

        private void line(String name, ObjectNode content) {
            if (!begun) {
                begun = true;
                call.begin(200, JSON);
            }
            ObjectNode line = Json.object();
            line.set(name, content);
            call.write((new String(Json.write(line), StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public synchronized void complete() {
            if (stream) {
                if (!begun) {
                    begun = true;
                    call.begin(200, JSON);
                }
                call.end();
            }
        }

        @Override
        public synchronized void fail(Throwable reason) {
            StatusRuntimeException told = EtcdError.translate(reason);
            if (!begun) {
                answer(call, told.getStatus());
                return;
            }
            @Nullable String text = told.getStatus().getDescription();
            line("error", Json.object().put("grpc_code", told.getStatus().getCode().value()).put("http_code", httpStatus(told.getStatus())).put("message", text == null ? "" : text));
            call.end();
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public void onReady(Runnable action) {}
    }
}
