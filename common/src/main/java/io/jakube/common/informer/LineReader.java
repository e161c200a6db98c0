package io.jakube.common.informer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response body as lines, with a limit on the wait for each. One reading thread; the HTTP client's threads fill. At most one buffer
 * list waits, so a slow reader slows the sender.
 */
final class LineReader implements HttpResponse.BodySubscriber<LineReader>, AutoCloseable {
    private sealed interface Signal {}

    private record Data(List<ByteBuffer> buffers) implements Signal {}

    private record End(@Nullable Throwable failure) implements Signal {}

    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream(1024);
    private List<ByteBuffer> current = List.of();
    private int position;
    private boolean ended;

    @Override
    public CompletionStage<LineReader> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription s) {
        subscription.complete(s);
        s.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        signals.add(new Data(buffers));
    }

    @Override
    public void onError(Throwable failure) {
        signals.add(new End(failure));
    }

    @Override
    public void onComplete() {
        signals.add(new End(null));
    }

    /**
     * The next line without its end; an unfinished last line counts.
     *
     * @return null at the end of the body
     * @throws IOException if nothing arrives within the time, the connection breaks or the thread is interrupted
     */
    byte @Nullable [] next(Duration timeout) throws IOException {
        while (true) {
            while (position < current.size()) {
                ByteBuffer buffer = current.get(position);
                int start = buffer.position();
                for (int i = start; i < buffer.limit(); i++) {
                    if (buffer.get(i) == '\n') {
                        append(buffer, i - start);
                        buffer.position(i + 1);
                        return take();
                    }
                }
                append(buffer, buffer.remaining());
                position++;
            }
            if (!fill(timeout)) {
                return partial.size() > 0 ? take() : null;
            }
        }
    }

    /** The rest of the body. */
    byte[] readAll(Duration timeout) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] line = next(timeout); line != null; line = next(timeout)) {
            all.writeBytes(line);
            all.write('\n');
        }
        return all.toByteArray();
    }

    private void append(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        partial.writeBytes(bytes);
    }

    private byte[] take() {
        byte[] line = partial.toByteArray();
        partial.reset();
        return line;
    }

    private boolean fill(Duration timeout) throws IOException {
        if (ended) {
            return false;
        }
        try {
            Signal signal = signals.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
            switch (signal) {
                case null -> throw new IOException("nothing arrived for " + timeout.toSeconds() + " s");
                case Data(List<ByteBuffer> buffers) -> {
                    current = buffers;
                    position = 0;
                    subscription.join().request(1);
                    return true;
                }
                case End(Throwable failure) -> {
                    ended = true;
                    if (failure != null) {
                        throw new IOException("the connection broke: " + failure.getMessage(), failure);
                    }
                    return false;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Cancels the response. */
    @Override
    public void close() {
        subscription.thenAccept(Flow.Subscription::cancel);
    }
}
