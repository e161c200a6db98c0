package io.jakube.db.etcd.transport;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An HTTP request to be answered, either by one {@link #respond} or by {@link #begin}, any number of {@link #write}, and {@link #end}. Thread-safe. */
public interface HttpCall {
    String method();

    /** Decoded, without the query. */
    String path();

    Map<String, List<String>> parameters();

    default @Nullable String parameter(String name) {
        List<String> values = parameters().get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    /** @param name in any case */
    @Nullable String header(String name);

    byte[] body();

    /** Common name of the client's certificate. */
    @Nullable String certificateName();

    void respond(int status, Map<String, String> headers, byte[] content);

    void begin(int status, Map<String, String> headers);

    void write(byte[] part);

    void end();

    /** Whether what is written leaves at once instead of piling up. */
    boolean writable();

    /** Sets what to call when the client goes before the response has ended. */
    void onGone(Runnable action);
}
