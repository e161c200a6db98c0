package io.jakube.apiserver.http;

import io.jakube.apiserver.request.ApiResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a stream to a suspended servlet response, past JAX-RS, which would hold it back. Used by one thread. */
final class ServletStream {
    private static final Logger LOG = LoggerFactory.getLogger(ServletStream.class);
    private static final int BUFFER = 16 * 1024;

    private final AsyncContext context;
    private final HttpServletResponse response;
    private final BooleanSupplier closing;
    private volatile boolean gone;

    /** To be called on the container's thread, which alone may set up the asynchronous context. */
    ServletStream(HttpServletRequest request, HttpServletResponse response, BooleanSupplier closing) {
        this.context = request.getAsyncContext();
        this.response = response;
        this.closing = closing;
        context.setTimeout(0);
        context.addListener(new Departure());
    }

    void write(ApiResponse.Streaming stream) {
        try {
            response.setStatus(stream.status());
            if (!stream.contentType().isEmpty()) {
                response.setContentType(stream.contentType());
            }
            stream.headers().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
            // Liberty swallows the first flush of a response: one for the headers, another to send them.
            response.flushBuffer();
            OutputStream out = response.getOutputStream();
            out.flush();
            stream.writer().write(new BufferedOutputStream(out, BUFFER), () -> gone || closing.getAsBoolean());
        } catch (IOException e) {
            LOG.debug("the client went away: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("a stream ended by a fault", e);
        } finally {
            complete();
        }
    }

    private void complete() {
        try {
            context.complete();
        } catch (IllegalStateException e) {
            LOG.debug("the request was over already: {}", e.getMessage());
        }
    }

    private final class Departure implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            gone = true;
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            gone = true;
        }

        @Override
        public void onError(AsyncEvent event) {
            gone = true;
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
