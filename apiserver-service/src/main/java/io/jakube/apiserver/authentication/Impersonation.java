package io.jakube.apiserver.authentication;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.UserInfo;

/** Acting as someone else by {@code Impersonate-*} headers (API reference, user impersonation). Thread-safe. */
@FunctionalInterface
public interface Impersonation {
    /** Refuses nothing and changes nothing: for a server without impersonation the headers have no meaning. */
    Impersonation NONE = (request, user) -> user;

    /**
     * @param user who authenticated
     * @return who the request is from now on; {@code user} itself where no header asks for impersonation
     * @throws io.jakube.common.status.ApiException 403 where {@code user} may not impersonate, 400 where the headers contradict each other
     */
    UserInfo apply(ApiRequest request, UserInfo user);
}
