package io.jakube.apiserver.request;

import io.jakube.common.status.ApiException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Derives a request's meaning from its method and URL, by the rules of upstream's RequestInfoFactory. */
public final class RequestInfoParser {
    private static final Set<String> NAMESPACE_SUBRESOURCES = Set.of("status", "finalize");
    private static final Pattern NAME_SELECTOR = Pattern.compile("(?:^|,)metadata\\.name==?([^,!=]+)(?:,|$)");

    private RequestInfoParser() {}

    /**
     * @param path decoded and normalised
     * @throws ApiException 400 where the path starts like a resource's and cannot be one
     */
    public static RequestInfo parse(String method, String path, Map<String, List<String>> query) {
        String lowerMethod = method.toLowerCase(Locale.ROOT);
        List<String> all = RequestPath.segments(path);
        boolean core = !all.isEmpty() && all.getFirst().equals("api");
        boolean grouped = !all.isEmpty() && all.getFirst().equals("apis");
        int prefix = core ? 2 : 3;
        if (!(core || grouped) || all.size() <= prefix) {
            return RequestInfo.nonResource(lowerMethod, path);
        }
        String group = core ? "" : all.get(1);
        String version = all.get(prefix - 1);
        int start = prefix;
        String verb = verbOf(method);
        boolean special = all.get(start).equals("watch") || all.get(start).equals("proxy");
        if (special) {
            if (all.size() < start + 2) {
                throw ApiException.badRequest("unable to determine kind and namespace from url " + path);
            }
            verb = all.get(start);
            start++;
        }
        String namespace = "";
        if (all.get(start).equals("namespaces") && all.size() > start + 1) {
            namespace = all.get(start + 1);
            if (all.size() > start + 2 && !NAMESPACE_SUBRESOURCES.contains(all.get(start + 2))) {
                start += 2;
            }
        }
        int left = all.size() - start;
        String resource = all.get(start);
        String name = left > 1 ? all.get(start + 1) : "";
        String subresource = left > 2 && !special ? all.get(start + 2) : "";
        String subpath = left > 3 && !special ? RequestPath.after(path, start + 3) : "";
        if (name.isEmpty() && verb.equals("get")) {
            verb = isTrue(first(query, "watch")) ? "watch" : "list";
            name = selectedName(query);
        } else if (name.isEmpty() && verb.equals("delete")) {
            verb = "deletecollection";
            name = selectedName(query);
        }
        return new RequestInfo(true, verb, path, group, version, namespace, resource, subresource, name, subpath);
    }

    /** Query booleans as upstream converts them: everything but an absent value, {@code false} and {@code 0} is true. */
    public static boolean isTrue(@Nullable String value) {
        return value != null && !value.equalsIgnoreCase("false") && !value.equals("0");
    }

    private static String verbOf(String method) {
        return switch (method) {
            case "POST" -> "create";
            case "GET", "HEAD" -> "get";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> "delete";
            default -> "";
        };
    }

    private static @Nullable String first(Map<String, List<String>> query, String name) {
        List<String> values = query.get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    private static String selectedName(Map<String, List<String>> query) {
        String selector = first(query, "fieldSelector");
        if (selector == null) {
            return "";
        }
        Matcher matcher = NAME_SELECTOR.matcher(selector);
        return matcher.find() && matcher.group(1).indexOf('/') < 0 && matcher.group(1).indexOf('%') < 0 ? matcher.group(1) : "";
    }
}
