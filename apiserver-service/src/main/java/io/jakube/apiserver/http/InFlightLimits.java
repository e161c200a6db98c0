package io.jakube.apiserver.http;

import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.common.status.ApiException;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Bounds how many requests are worked on at once, reading and changing ones apart; what is too much is sent away with 429. Requests that
 * last (watches, streams) and those of {@code system:masters} are not counted. Thread-safe.
 */
public final class InFlightLimits {
    private static final Set<String> LASTING = Set.of("exec", "attach", "portforward", "log", "proxy");

    private final Semaphore reading;
    private final Semaphore changing;
    private final int mostReading;
    private final int mostChanging;

    public InFlightLimits(int reading, int changing) {
        this.reading = new Semaphore(reading);
        this.changing = new Semaphore(changing);
        this.mostReading = reading;
        this.mostChanging = changing;
    }

    ApiResponse run(RequestContext context, Function<RequestContext, ApiResponse> handler) {
        RequestInfo info = context.info();
        if (info.verb().equals("watch") || LASTING.contains(info.subresource()) || context.user().groups().contains("system:masters") || HealthHandler.isHealthPath(info)) {
            return handler.apply(context);
        }
        Semaphore limit = info.readOnly() ? reading : changing;
        if (!limit.tryAcquire()) {
            throw ApiException.tooManyRequests("Too many requests, please try again later.", 1);
        }
        try {
            return handler.apply(context);
        } finally {
            limit.release();
        }
    }

    /** Counted requests that read, at present. */
    int reading() {
        return mostReading - reading.availablePermits();
    }

    /** Counted requests that change something, at present. */
    int changing() {
        return mostChanging - changing.availablePermits();
    }
}
