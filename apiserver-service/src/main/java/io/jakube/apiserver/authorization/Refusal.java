package io.jakube.apiserver.authorization;

import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.api.GroupResource;
import io.jakube.common.status.ApiException;

/** The 403 a client sees, in upstream's words. */
public final class Refusal {
    private Refusal() {}

    /** @param reason of the authorizers, may be empty */
    public static ApiException forbidden(UserInfo user, RequestInfo info, String reason) {
        String text = message(user, info);
        String full = reason.isEmpty() ? text : text + ": " + reason;
        return info.resourceRequest()
                ? ApiException.forbidden(new GroupResource(info.group(), info.resource()), info.name(), full)
                : ApiException.of(403, "Forbidden", "forbidden: " + full);
    }

    private static String message(UserInfo user, RequestInfo info) {
        if (!info.resourceRequest()) {
            return "User \"%s\" cannot %s path \"%s\"".formatted(user.name(), info.verb(), info.path());
        }
        String resource = info.subresource().isEmpty() ? info.resource() : info.resource() + "/" + info.subresource();
        String scope = info.namespace().isEmpty() ? "at the cluster scope" : "in the namespace \"" + info.namespace() + "\"";
        return "User \"%s\" cannot %s resource \"%s\" in API group \"%s\" %s".formatted(user.name(), info.verb(), resource, info.group(), scope);
    }
}
