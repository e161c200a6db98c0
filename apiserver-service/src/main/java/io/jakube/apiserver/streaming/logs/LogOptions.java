package io.jakube.apiserver.streaming.logs;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestInfoParser;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The query of a request for logs (API reference, PodLogOptions), checked.
 *
 * @param container may be empty
 * @param follow whether new lines are sent as they come
 * @param nodeQuery what the node is asked for, encoded
 */
record LogOptions(String container, boolean follow, String nodeQuery) {
    private static final Set<String> STREAMS = Set.of("All", "Stdout", "Stderr");

    /** @throws ApiException 400 for what is no number, time or truth value; 422 for values that cannot be */
    static LogOptions parse(ApiRequest request, String pod) {
        StringJoiner query = new StringJoiner("&");
        List<FieldError> errors = new ArrayList<>();
        for (String flag : List.of("follow", "previous", "timestamps")) {
            if (flag(request, flag)) {
                query.add(flag + "=true");
            }
        }
        request.queryParameter("tailLines").filter(text -> !text.isEmpty()).ifPresent(text -> atLeast(errors, query, "tailLines", text, 0, "must be greater than or equal to 0"));
        request.queryParameter("limitBytes").filter(text -> !text.isEmpty()).ifPresent(text -> atLeast(errors, query, "limitBytes", text, 1, "must be greater than 0"));
        since(request, errors, query);
        request.queryParameter("stream").filter(text -> !text.isEmpty()).ifPresent(stream -> {
            if (!STREAMS.contains(stream)) {
                errors.add(FieldError.notSupported("stream", stream, "All", "Stderr", "Stdout"));
            } else if (!stream.equals("All") && request.queryParameter("tailLines").isPresent()) {
                errors.add(FieldError.forbidden("", "`tailLines` and specific `stream` are mutually exclusive for now"));
            }
            query.add("stream=" + encode(stream));
        });
        if (!errors.isEmpty()) {
            throw ApiException.invalid("", "PodLogOptions", pod, errors);
        }
        return new LogOptions(request.queryParameter("container").orElse(""), flag(request, "follow"), query.toString());
    }

    private static void since(ApiRequest request, List<FieldError> errors, StringJoiner query) {
        String seconds = request.queryParameter("sinceSeconds").orElse("");
        String time = request.queryParameter("sinceTime").orElse("");
        if (!seconds.isEmpty() && !time.isEmpty()) {
            errors.add(FieldError.forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
        } else if (!seconds.isEmpty()) {
            atLeast(errors, query, "sinceSeconds", seconds, 1, "must be greater than 0");
        } else if (!time.isEmpty()) {
            try {
                query.add("sinceTime=" + encode(OffsetDateTime.parse(time).toInstant().toString()));
            } catch (DateTimeException e) {
                throw ApiException.badRequest("parsing time \"" + time + "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse");
            }
        }
    }

    private static void atLeast(List<FieldError> errors, StringJoiner query, String name, String text, long least, String detail) {
        try {
            long value = Long.parseLong(text);
            if (value < least) {
                errors.add(FieldError.invalid(name, value, detail));
            }
            query.add(name + "=" + value);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
        }
    }

    private static boolean flag(ApiRequest request, String name) {
        return request.queryParameter(name).filter(RequestInfoParser::isTrue).isPresent();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The request's target on the node. */
    String target(String namespace, String pod, String chosenContainer) {
        String path = "/containerLogs/" + namespace + "/" + pod + "/" + chosenContainer;
        return nodeQuery.isEmpty() ? path : path + "?" + nodeQuery;
    }

    /** Headers every request to a node carries. */
    static List<Map.Entry<String, String>> headers(String authority) {
        return List.of(Map.entry("Host", authority), Map.entry("Connection", "close"));
    }
}
