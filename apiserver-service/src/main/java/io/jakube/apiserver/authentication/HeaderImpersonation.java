package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.authorization.Authorizer;
import io.jakube.apiserver.authorization.Refusal;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.status.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Acting as somebody else by {@code Impersonate-*} headers (Kubernetes documentation, "User impersonation"). Every part of the wished
 * identity is authorised by the verb {@code impersonate} before it counts. Thread-safe.
 */
public final class HeaderImpersonation implements Impersonation {
    private static final String EXTRA = "impersonate-extra-";
    private static final String AUTHENTICATION_GROUP = "authentication.k8s.io";
    private static final String ANONYMOUS = UserInfo.ANONYMOUS.name();

    private final Authorizer authorizer;

    public HeaderImpersonation(Authorizer authorizer) {
        this.authorizer = requireNonNull(authorizer, "authorizer is null");
    }

    @Override
    public UserInfo apply(ApiRequest request, UserInfo user) {
        String name = request.header("Impersonate-User").orElse("");
        List<String> groups = request.headers("Impersonate-Group");
        String uid = request.header("Impersonate-Uid").orElse("");
        Map<String, List<String>> extra = extra(request);
        if (name.isEmpty()) {
            if (!groups.isEmpty() || !uid.isEmpty() || !extra.isEmpty()) {
                throw ApiException.badRequest("requested groups, uid or extra attributes without impersonating a user: set Impersonate-User");
            }
            return user;
        }
        Optional<ObjectKey> account = ServiceAccountNames.parse(name);
        if (account.isPresent()) {
            require(user, "", account.get().namespace(), "serviceaccounts", "", account.get().name());
        } else {
            require(user, "", "", "users", "", name);
        }
        groups.forEach(group -> require(user, "", "", "groups", "", group));
        extra.forEach((key, values) -> values.forEach(value -> require(user, AUTHENTICATION_GROUP, "", "userextras", key, value)));
        if (!uid.isEmpty()) {
            require(user, AUTHENTICATION_GROUP, "", "uids", "", uid);
        }
        List<String> effective = new ArrayList<>(groups);
        if (groups.isEmpty() && account.isPresent()) {
            effective.addAll(ServiceAccountNames.groups(account.get().namespace()));
        }
        if (name.equals(ANONYMOUS)) {
            if (!effective.contains(Groups.UNAUTHENTICATED)) {
                effective.add(Groups.UNAUTHENTICATED);
            }
            return new UserInfo(name, uid, effective, extra);
        }
        return AuthenticationChain.authenticated(new UserInfo(name, uid, effective, extra));
    }

    private void require(UserInfo user, String group, String namespace, String resource, String subresource, String name) {
        RequestInfo wish = new RequestInfo(true, "impersonate", "", group, "v1", namespace, resource, subresource, name, "");
        Authorizer.Decision decision = authorizer.authorize(user, wish);
        if (!decision.allowed()) {
            throw Refusal.forbidden(user, wish, decision.reason());
        }
    }

    private static Map<String, List<String>> extra(ApiRequest request) {
        Map<String, List<String>> extra = new TreeMap<>();
        for (String header : request.headerNames()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith(EXTRA)) {
                extra.put(decoded(lower.substring(EXTRA.length())), request.headers(header));
            }
        }
        return extra;
    }

    private static String decoded(String key) {
        try {
            return URLDecoder.decode(key.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return key;
        }
    }
}
