package io.jakube.apiserver.request;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * An authenticated identity.
 *
 * @param name user name, for example {@code system:serviceaccount:default:default}
 * @param uid unique id, may be empty
 * @param groups groups, {@code system:authenticated} or {@code system:unauthenticated} included
 * @param extra further attributes, for example {@code authentication.kubernetes.io/pod-name}
 */
public record UserInfo(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    public static final UserInfo ANONYMOUS = new UserInfo("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

    public UserInfo {
        requireNonNull(name, "name is null");
        requireNonNull(uid, "uid is null");
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }
}
