package io.jakube.apiserver.streaming.logs;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.streaming.logs.ContainerLogs.OpenLog;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** {@code GET pods/log}: the text of a container's log, streamed from its node. */
public final class LogHandler implements SubresourceHandler {
    private static final Place PLACE = new Place("", "pods", "log");
    private static final Duration CLOSING_CHECK = Duration.ofSeconds(1);
    private static final int BUFFER = 16 * 1024;

    private final ContainerLogs logs;

    public LogHandler(ContainerLogs logs) {
        this.logs = requireNonNull(logs, "logs is null");
    }

    @Override
    public Place place() {
        return PLACE;
    }

    @Override
    public ApiResponse handle(ResourceDefinition resource, RequestContext context) {
        if (!context.info().verb().equals("get")) {
            throw ApiException.methodNotAllowed();
        }
        return logs.open(context)
                .<ApiResponse>map(log -> new ApiResponse.Streaming(200, "text/plain", Map.of(), (out, closing) -> copy(log, out, closing)))
                .orElseGet(() -> new ApiResponse.Complete(204, "text/plain", new byte[0]));
    }

    private static void copy(OpenLog log, OutputStream out, BooleanSupplier closing) throws IOException, InterruptedException {
        Thread guard = log.follow() ? Thread.ofVirtual().name("log-guard").start(() -> closeWhen(closing, log)) : null;
        try (var connection = log.connection(); InputStream text = log.text()) {
            byte[] buffer = new byte[BUFFER];
            for (int count = text.read(buffer); count >= 0; count = text.read(buffer)) {
                out.write(buffer, 0, count);
                if (log.follow() && text.available() == 0) {
                    out.flush();
                }
            }
            out.flush();
        } finally {
            if (guard != null) {
                guard.interrupt();
            }
        }
    }

    /** A log that is followed may be silent for days: the connection to the node is closed when nobody reads it any more. */
    private static void closeWhen(BooleanSupplier closing, OpenLog log) {
        try {
            while (!closing.getAsBoolean()) {
                Thread.sleep(CLOSING_CHECK);
            }
            log.connection().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
