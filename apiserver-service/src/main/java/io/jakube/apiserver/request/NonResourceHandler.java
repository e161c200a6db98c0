package io.jakube.apiserver.request;

/**
 * Answers paths that are not API resources: discovery, OpenAPI, {@code /version}, issuer documents. Runs after authentication and
 * authorization. Thread-safe.
 */
public interface NonResourceHandler {
    /** Whether the path belongs to this handler, whatever the method. */
    boolean handles(String path);

    /** Answers; throws {@link io.jakube.common.status.ApiException} for a failure, {@code unknownPath} included. */
    ApiResponse handle(RequestContext context);
}
