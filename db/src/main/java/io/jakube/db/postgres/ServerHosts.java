package io.jakube.db.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * The servers of a JDBC URL, of which one is the primary. pgjdbc would choose among them itself, but remembers for ten seconds what a host was, and waits for
 * a host that stands still as long as for a slow statement; after a failover both add up to half a minute. Here the host that served last is asked first, and
 * one that fails is asked last. Thread-safe.
 */
final class ServerHosts {
    private static final String PREFIX = "jdbc:postgresql://";

    private final List<String> urls;
    private volatile int preferred;

    ServerHosts(String url) {
        this.urls = split(url);
    }

    /** One URL per host; the given one where it is not of the usual form. */
    static List<String> split(String url) {
        int end = url.indexOf('/', PREFIX.length());
        if (!url.startsWith(PREFIX) || end < 0) {
            return List.of(url);
        }
        List<String> urls = new ArrayList<>();
        for (String host : url.substring(PREFIX.length(), end).split(",")) {
            urls.add(PREFIX + host + url.substring(end));
        }
        return List.copyOf(urls);
    }

    /** How many there are. */
    int size() {
        return urls.size();
    }

    /** The number of the host to ask first. */
    int first() {
        return preferred;
    }

    String url(int number) {
        return urls.get(number % urls.size());
    }

    void served(int number) {
        preferred = number % urls.size();
    }

    void failed(int number) {
        if (preferred == number % urls.size()) {
            preferred = (number + 1) % urls.size();
        }
    }
}
