package io.jakube.apiserver.http;

import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.NonResourceHandler;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.common.status.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * {@code /livez}, {@code /readyz} and {@code /healthz} (API reference, "API health endpoints"): {@code ok} or 500, each check in a line
 * with {@code ?verbose}, single checks below the path, {@code ?exclude=} to leave some out. Open to everybody.
 */
public final class HealthHandler implements NonResourceHandler {
    private static final Set<String> ROOTS = Set.of("livez", "readyz", "healthz");

    private final List<Check> live;
    private final List<Check> ready;

    /**
     * One thing that must be well.
     *
     * @param name as the output shows it
     * @param problem what is wrong, empty if nothing is
     */
    public record Check(String name, Supplier<String> problem) {}

    /**
     * @param live what says that the process works at all
     * @param ready what must be well besides for requests to be answered
     */
    public HealthHandler(List<Check> live, List<Check> ready) {
        this.live = List.copyOf(live);
        this.ready = Stream.concat(live.stream(), ready.stream()).toList();
    }

    static boolean isHealthPath(RequestInfo info) {
        return !info.resourceRequest() && ROOTS.contains(root(info.path())) && (info.verb().equals("get") || info.verb().equals("head"));
    }

    @Override
    public boolean handles(String path) {
        return ROOTS.contains(root(path));
    }

    @Override
    public ApiResponse handle(RequestContext context) {
        String path = context.info().path();
        String root = root(path);
        List<Check> checks = root.equals("readyz") ? ready : live;
        String rest = path.substring(1 + root.length());
        String single = rest.startsWith("/") ? rest.substring(1) : "";
        if (!single.isEmpty()) {
            checks = checks.stream().filter(check -> check.name().equals(single)).toList();
            if (checks.isEmpty()) {
                throw ApiException.unknownPath();
            }
        }
        List<String> excluded = context.request().query().getOrDefault("exclude", List.of());
        StringBuilder lines = new StringBuilder();
        boolean well = true;
        for (Check check : checks) {
            if (excluded.contains(check.name())) {
                lines.append("[+]").append(check.name()).append(" excluded: ok\n");
                continue;
            }
            String problem = check.problem().get();
            well &= problem.isEmpty();
            lines.append(problem.isEmpty() ? "[+]" + check.name() + " ok\n" : "[-]" + check.name() + " failed: " + problem + "\n");
        }
        if (!well) {
            return text(500, lines + root + " check failed\n");
        }
        return text(200, context.request().query().containsKey("verbose") ? lines + root + " check passed\n" : "ok");
    }

    private static String root(String path) {
        int end = path.indexOf('/', 1);
        return end < 0 ? path.substring(1) : path.substring(1, end);
    }

    private static ApiResponse text(int status, String text) {
        return new ApiResponse.Complete(status, "text/plain; charset=utf-8", Map.of("X-Content-Type-Options", List.of("nosniff")), text.getBytes(StandardCharsets.UTF_8));
    }
}
