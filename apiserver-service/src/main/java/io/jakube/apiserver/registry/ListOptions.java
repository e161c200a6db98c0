package io.jakube.apiserver.registry;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestInfoParser;
import io.jakube.common.selector.FieldSelector;
import io.jakube.common.selector.Selector;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Query parameters of list, watch and deletecollection (API reference, ListOptions).
 *
 * @param resourceVersion as given; empty where unset
 * @param match {@code resourceVersionMatch}: {@code Exact}, {@code NotOlderThan}, or empty
 * @param limit 0 for none
 * @param continueToken empty for none
 * @param timeoutSeconds null where unset
 * @param sendInitialEvents null where unset
 */
record ListOptions(
        Selector labels,
        FieldSelector fields,
        String resourceVersion,
        String match,
        int limit,
        String continueToken,
        boolean bookmarks,
        @Nullable Integer timeoutSeconds,
        @Nullable Boolean sendInitialEvents) {

    /** @throws ApiException 400 for malformed values, 422 for values that do not go together */
    static ListOptions parse(ApiRequest request, boolean watch) {
        ListOptions options = new ListOptions(
                selector(Selector::parse, request.queryParameter("labelSelector").orElse("")),
                selector(FieldSelector::parse, request.queryParameter("fieldSelector").orElse("")),
                request.queryParameter("resourceVersion").orElse(""),
                request.queryParameter("resourceVersionMatch").orElse(""),
                number(request, "limit").map(n -> (int) Math.clamp(n, 0, Integer.MAX_VALUE)).orElse(0),
                request.queryParameter("continue").orElse(""),
                RequestInfoParser.isTrue(request.queryParameter("allowWatchBookmarks").orElse(null)),
                number(request, "timeoutSeconds").map(n -> (int) Math.clamp(n, 0, Integer.MAX_VALUE)).orElse(null),
                request.queryParameter("sendInitialEvents").map(RequestInfoParser::isTrue).orElse(null));
        List<FieldError> errors = watch ? options.watchErrors() : options.listErrors();
        if (!errors.isEmpty()) {
            throw ApiException.invalid("meta.k8s.io", "ListOptions", "", errors);
        }
        return options;
    }

    /** The same, for one object. */
    ListOptions withName(String name) {
        List<FieldSelector.Term> terms = new ArrayList<>(fields.terms());
        terms.add(new FieldSelector.Term("metadata.name", false, name));
        return new ListOptions(labels, new FieldSelector(terms), resourceVersion, match, limit, continueToken, bookmarks, timeoutSeconds, sendInitialEvents);
    }

    /**
     * The version as a number; 0 where unset or {@code "0"}.
     *
     * @throws ApiException 400 if it is not a version
     */
    long version() {
        if (resourceVersion.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseUnsignedLong(resourceVersion);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("Invalid value: \"" + resourceVersion + "\": strconv.ParseUint: parsing \"" + resourceVersion + "\": invalid syntax");
        }
    }

    private List<FieldError> listErrors() {
        List<FieldError> errors = new ArrayList<>();
        if (!match.isEmpty()) {
            if (resourceVersion.isEmpty()) {
                errors.add(FieldError.forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"));
            }
            if (!continueToken.isEmpty()) {
                errors.add(FieldError.forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
            }
            if (!match.equals("Exact") && !match.equals("NotOlderThan")) {
                errors.add(FieldError.notSupported("resourceVersionMatch", match, "Exact", "NotOlderThan", ""));
            }
            if (match.equals("Exact") && resourceVersion.equals("0")) {
                errors.add(FieldError.forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }
        if (sendInitialEvents != null) {
            errors.add(FieldError.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
        return errors;
    }

    private List<FieldError> watchErrors() {
        List<FieldError> errors = new ArrayList<>();
        if (sendInitialEvents != null) {
            if (match.isEmpty()) {
                errors.add(FieldError.forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
            } else if (!match.equals("NotOlderThan")) {
                errors.add(FieldError.notSupported("resourceVersionMatch", match, "NotOlderThan"));
            }
        } else if (!match.isEmpty()) {
            errors.add(FieldError.forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
        }
        if (!continueToken.isEmpty()) {
            errors.add(FieldError.forbidden("continue", "continue is forbidden for watch"));
        }
        return errors;
    }

    private static <T> T selector(Function<String, T> parser, String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(e.getMessage());
        }
    }

    private static Optional<Long> number(ApiRequest request, String parameter) {
        Optional<String> text = request.queryParameter(parameter).filter(value -> !value.isEmpty());
        try {
            return text.map(Long::valueOf);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("strconv.ParseInt: parsing \"" + text.orElse("") + "\": invalid syntax");
        }
    }
}
