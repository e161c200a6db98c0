package io.jakube.apiserver.authentication;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks authenticators in order; the first identity counts and becomes a member of {@code system:authenticated}. A request without any
 * credential is anonymous, one with a wrong credential is refused. Always yields an identity. Thread-safe.
 */
public final class AuthenticationChain implements Authenticator {
    private final List<Authenticator> authenticators;

    public AuthenticationChain(List<Authenticator> authenticators) {
        this.authenticators = List.copyOf(authenticators);
    }

    @Override
    public Optional<UserInfo> authenticate(ApiRequest request) {
        for (Authenticator authenticator : authenticators) {
            Optional<UserInfo> user = authenticator.authenticate(request);
            if (user.isPresent()) {
                return Optional.of(authenticated(user.get()));
            }
        }
        return Optional.of(UserInfo.ANONYMOUS);
    }

    static UserInfo authenticated(UserInfo user) {
        if (user.groups().contains(Groups.AUTHENTICATED) || user.groups().contains(Groups.UNAUTHENTICATED)) {
            return user;
        }
        List<String> groups = new ArrayList<>(user.groups());
        groups.add(Groups.AUTHENTICATED);
        return new UserInfo(user.name(), user.uid(), groups, user.extra());
    }
}
