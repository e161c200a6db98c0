package io.jakube.apiserver.request;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What travels with one request through the server. Confined to the request's thread.
 */
public final class RequestContext {
    private final ApiRequest request;
    private final RequestInfo info;
    private final UserInfo user;
    private final String auditId;
    private final Set<String> warnings = Collections.synchronizedSet(new LinkedHashSet<>());

    public RequestContext(ApiRequest request, RequestInfo info, UserInfo user, String auditId) {
        this.request = requireNonNull(request, "request is null");
        this.info = requireNonNull(info, "info is null");
        this.user = requireNonNull(user, "user is null");
        this.auditId = requireNonNull(auditId, "auditId is null");
    }

    public ApiRequest request() {
        return request;
    }

    public RequestInfo info() {
        return info;
    }

    public UserInfo user() {
        return user;
    }

    public String auditId() {
        return auditId;
    }

    /** Adds a warning the client shows to its user; repeated texts are sent once. May be called from threads that work for the request. */
    public void warn(String text) {
        warnings.add(text);
    }

    /** Warnings so far, in order. */
    public List<String> warnings() {
        synchronized (warnings) {
            return List.copyOf(warnings);
        }
    }
}
