package io.jakube.apiserver.authentication;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.UserInfo;
import java.util.Optional;

/** One way of proving identity. Thread-safe. */
public interface Authenticator {
    /**
     * @return the identity, without {@code system:authenticated}, which the chain adds; empty if the request carries no credential of this kind
     * @throws io.jakube.common.status.ApiException 401 if it carries one that is not valid
     */
    Optional<UserInfo> authenticate(ApiRequest request);
}
