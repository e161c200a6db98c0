package io.jakube.apiserver.discovery;

import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.NonResourceHandler;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.nio.charset.StandardCharsets;

/** {@code /version}: the Kubernetes version whose API this is. */
public final class VersionHandler implements NonResourceHandler {
    /** As {@code kubectl version} shows it. */
    public static final String GIT_VERSION = "v1.36.0+jakube";

    private static final byte[] DOCUMENT = Json.object()
            .put("major", "1")
            .put("minor", "36")
            .put("emulationMajor", "1")
            .put("emulationMinor", "36")
            .put("minCompatibilityMajor", "1")
            .put("minCompatibilityMinor", "35")
            .put("gitVersion", GIT_VERSION)
            .put("gitCommit", "")
            .put("gitTreeState", "")
            .put("buildDate", "1970-01-01T00:00:00Z")
            .put("goVersion", "")
            .put("compiler", "java" + Runtime.version().feature())
            .put("platform", System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT) + "/" + System.getProperty("os.arch"))
            .toString()
            .getBytes(StandardCharsets.UTF_8);

    @Override
    public boolean handles(String path) {
        return path.equals("/version") || path.equals("/version/");
    }

    @Override
    public ApiResponse handle(RequestContext context) {
        if (!context.request().method().equals("GET") && !context.request().method().equals("HEAD")) {
            throw ApiException.of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
        }
        return new ApiResponse.Complete(200, "application/json", DOCUMENT);
    }
}
