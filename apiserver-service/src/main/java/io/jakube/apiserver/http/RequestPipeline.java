package io.jakube.apiserver.http;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.authentication.Authenticator;
import io.jakube.apiserver.authentication.Impersonation;
import io.jakube.apiserver.authorization.Authorizer;
import io.jakube.apiserver.authorization.Refusal;
import io.jakube.apiserver.registry.ResourceRouter;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.NonResourceHandler;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.RequestInfoParser;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.apiserver.storage.StoreFailures;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.db.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of every request: meaning, identity, impersonation, limits, permission, handler, answer. Whatever goes wrong becomes a
 * {@code Status}; a fault of ours is logged and answered with 500 and no details. Thread-safe; runs on the caller's thread, which may block.
 */
public final class RequestPipeline {
    private static final Logger LOG = LoggerFactory.getLogger(RequestPipeline.class);

    private final Authenticator authenticator;
    private final Impersonation impersonation;
    private final Authorizer authorizer;
    private final InFlightLimits limits;
    private final ResourceRouter resources;
    private final List<NonResourceHandler> others;
    private final RequestMetrics metrics;

    public RequestPipeline(Authenticator authenticator, Impersonation impersonation, Authorizer authorizer, InFlightLimits limits, ResourceRouter resources,
            List<NonResourceHandler> others, RequestMetrics metrics) {
        this.authenticator = requireNonNull(authenticator, "authenticator is null");
        this.impersonation = requireNonNull(impersonation, "impersonation is null");
        this.authorizer = requireNonNull(authorizer, "authorizer is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.resources = requireNonNull(resources, "resources is null");
        this.others = List.copyOf(others);
        this.metrics = requireNonNull(metrics, "metrics is null");
    }

    /** Answers a request. Never throws. */
    public ApiResponse handle(ApiRequest request) {
        String auditId = auditId(request);
        long start = System.nanoTime();
        @Nullable RequestContext context = null;
        ApiResponse response;
        try {
            context = admit(request, auditId);
            response = limits.run(context, this::dispatch);
        } catch (ApiException e) {
            response = failure(e);
        } catch (StoreException e) {
            response = failure(StoreFailures.answer(e));
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("{} {} failed (audit id {})", request.method(), request.path(), auditId, e);
            response = failure(ApiException.internal("the server met an unexpected fault; its log names it by audit id " + auditId));
        }
        metrics.record(context == null ? null : context.info(), request.method(), response.status(), System.nanoTime() - start);
        return Compression.apply(request, decorate(response, auditId, context == null ? List.of() : context.warnings()));
    }

    /**
     * Identity and permission only: for connection upgrades, which are handled elsewhere.
     *
     * @throws ApiException 400, 401, 403
     */
    public RequestContext admit(ApiRequest request) {
        return admit(request, auditId(request));
    }

    /** A failure as an answer. */
    public static ApiResponse failure(ApiException failure) {
        Map<String, List<String>> headers = failure.retryAfterSeconds() > 0
                ? Map.of("Retry-After", List.of(Integer.toString(failure.retryAfterSeconds())))
                : Map.of();
        return new ApiResponse.Complete(failure.code(), "application/json", headers, Json.write(failure.toStatus()));
    }

    private RequestContext admit(ApiRequest request, String auditId) {
        RequestInfo info = RequestInfoParser.parse(request.method(), request.path(), request.query());
        UserInfo authenticated = authenticator.authenticate(request).orElse(UserInfo.ANONYMOUS);
        UserInfo user = impersonation.apply(request, authenticated);
        if (info.verb().isEmpty()) {
            throw ApiException.methodNotAllowed();
        }
        if (!HealthHandler.isHealthPath(info)) {
            Authorizer.Decision decision = authorizer.authorize(user, info);
            if (!decision.allowed()) {
                throw Refusal.forbidden(user, info, decision.reason());
            }
        }
        return new RequestContext(request, info, user, auditId);
    }

    private ApiResponse dispatch(RequestContext context) {
        if (context.info().resourceRequest()) {
            return resources.handle(context);
        }
        Optional<NonResourceHandler> handler = others.stream().filter(h -> h.handles(context.info().path())).findFirst();
        return handler.orElseThrow(ApiException::unknownPath).handle(context);
    }

    private static String auditId(ApiRequest request) {
        return request.header("Audit-ID").filter(id -> id.length() <= 64 && id.chars().allMatch(c -> c > ' ' && c < 127)).orElseGet(() -> UUID.randomUUID().toString());
    }

    private static ApiResponse decorate(ApiResponse response, String auditId, List<String> warnings) {
        Map<String, List<String>> headers = new HashMap<>(response.headers());
        headers.put("Audit-Id", List.of(auditId));
        headers.putIfAbsent("Cache-Control", List.of("no-cache, private"));
        if (!warnings.isEmpty()) {
            List<String> values = new ArrayList<>();
            warnings.forEach(text -> values.add("299 - \"" + quoted(text) + "\""));
            headers.put("Warning", values);
        }
        return switch (response) {
            case ApiResponse.Complete complete -> new ApiResponse.Complete(complete.status(), complete.contentType(), headers, complete.body());
            case ApiResponse.Streaming stream -> new ApiResponse.Streaming(stream.status(), stream.contentType(), headers, stream.writer());
        };
    }

    /** The inside of a quoted string (RFC 9110 §5.6.4), in one line. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else {
                quoted.append(c < ' ' ? ' ' : c);
            }
        }
        return quoted.toString();
    }
}
