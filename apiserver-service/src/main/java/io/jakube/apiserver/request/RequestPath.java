package io.jakube.apiserver.request;

import java.util.ArrayList;
import java.util.List;

/** Paths as the server sees them: without empty, {@code .} and {@code ..} segments. */
public final class RequestPath {
    private RequestPath() {}

    /**
     * Normalises a decoded path. {@code ..} never leaves the root; a trailing slash is kept, since proxies care.
     *
     * @return a path that starts with a slash
     */
    public static String normalize(String path) {
        if (path.startsWith("/") && !path.contains("//") && !path.contains("/.")) {
            return path;
        }
        List<String> kept = new ArrayList<>();
        boolean slash = path.endsWith("/") || path.endsWith("/.") || path.endsWith("/..");
        for (String segment : path.split("/")) {
            switch (segment) {
                case "", "." -> { }
                case ".." -> {
                    if (!kept.isEmpty()) {
                        kept.removeLast();
                    }
                }
                default -> kept.add(segment);
            }
        }
        return kept.isEmpty() ? "/" : "/" + String.join("/", kept) + (slash ? "/" : "");
    }

    /** Non-empty segments. */
    static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return segments;
    }

    /** What follows the first {@code count} segments, without a leading slash; a trailing slash is kept. */
    static String after(String path, int count) {
        int at = 0;
        for (int i = 0; i < count; i++) {
            at = path.indexOf('/', at + 1);
            if (at < 0) {
                return "";
            }
        }
        return path.substring(at + 1);
    }
}
