package io.jakube.apiserver.request;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A document that rarely changes, kept compressed with its entity tag. Answers {@code If-None-Match} and {@code Accept-Encoding} (RFC 9110). Immutable.
 */
public final class CachedDocument {
    private static final int BUFFER = 1 << 14;

    private final String contentType;
    private final byte[] compressed;
    private final String hash;

    private CachedDocument(String contentType, byte[] compressed, String hash) {
        this.contentType = contentType;
        this.compressed = compressed;
        this.hash = hash;
    }

    /** Writes a document. */
    @FunctionalInterface
    public interface Source {
        void write(java.io.OutputStream out) throws IOException;
    }

    public static CachedDocument of(String contentType, Source source) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (var out = new java.security.DigestOutputStream(new GZIPOutputStream(bytes, BUFFER), digest)) {
                source.write(out);
            }
            return new CachedDocument(contentType, bytes.toByteArray(), HexFormat.of().withUpperCase().formatHex(digest.digest()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Upper-case hexadecimal SHA-512 of the content. */
    public String hash() {
        return hash;
    }

    public ApiResponse answer(ApiRequest request, Map<String, List<String>> headers) {
        Map<String, List<String>> all = new HashMap<>(headers);
        String etag = "\"" + hash + "\"";
        all.put("ETag", List.of(etag));
        all.put("Vary", List.of("Accept-Encoding, Accept"));
        if (request.headers("If-None-Match").stream().flatMap(v -> java.util.Arrays.stream(v.split(","))).map(String::strip).anyMatch(v -> v.equals(etag) || v.equals("*"))) {
            return new ApiResponse.Complete(304, contentType, all, new byte[0]);
        }
        boolean gzip = request.headers("Accept-Encoding").stream().anyMatch(v -> v.toLowerCase(Locale.ROOT).contains("gzip"));
        if (gzip) {
            all.put("Content-Encoding", List.of("gzip"));
            return new ApiResponse.Complete(200, contentType, all, compressed);
        }
        return new ApiResponse.Complete(200, contentType, all, content());
    }

    /** The content, uncompressed. */
    public byte[] content() {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed), BUFFER)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
