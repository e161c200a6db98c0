package io.jakube.apiserver.http;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compresses large answers for clients that accept gzip. Streams are never compressed: their frames would be held back. */
final class Compression {
    /** Upstream's threshold, in bytes. */
    private static final int THRESHOLD = 128 * 1024;

    private Compression() {}

    static ApiResponse apply(ApiRequest request, ApiResponse response) {
        if (!(response instanceof ApiResponse.Complete complete)
                || complete.body().length < THRESHOLD
                || complete.headers().containsKey("Content-Encoding")
                || request.headers("Accept-Encoding").stream().noneMatch(Compression::acceptsGzip)) {
            return response;
        }
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(complete.body().length / 4);
        try (GZIPOutputStream gzip = new FastGzip(compressed)) {
            gzip.write(complete.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, List<String>> headers = new HashMap<>(complete.headers());
        headers.put("Content-Encoding", List.of("gzip"));
        headers.put("Vary", List.of("Accept-Encoding"));
        return new ApiResponse.Complete(complete.status(), complete.contentType(), headers, compressed.toByteArray());
    }

    private static boolean acceptsGzip(String header) {
        for (String part : header.split(",")) {
            String[] coding = part.strip().split(";");
            if (coding[0].strip().equalsIgnoreCase("gzip") && (coding.length == 1 || !coding[1].strip().matches("q=0(\\.0*)?"))) {
                return true;
            }
        }
        return false;
    }

    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(ByteArrayOutputStream out) throws IOException {
            super(out, 8192);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
