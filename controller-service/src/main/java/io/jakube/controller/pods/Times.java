package io.jakube.controller.pods;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as the API has them. */
public final class Times {
    private Times() {}

    /** RFC 3339 in UTC, whole seconds. */
    public static String format(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
