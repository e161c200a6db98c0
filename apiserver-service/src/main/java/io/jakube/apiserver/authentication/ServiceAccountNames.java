package io.jakube.apiserver.authentication;

import io.jakube.common.api.ObjectKey;
import java.util.List;
import java.util.Optional;

/** User and group names of service accounts. */
public final class ServiceAccountNames {
    private static final String PREFIX = "system:serviceaccount:";

    private ServiceAccountNames() {}

    public static String user(String namespace, String name) {
        return PREFIX + namespace + ":" + name;
    }

    public static List<String> groups(String namespace) {
        return List.of(Groups.SERVICE_ACCOUNTS, Groups.SERVICE_ACCOUNTS + ":" + namespace);
    }

    /** Namespace and name if the user name is a service account's. */
    public static Optional<ObjectKey> parse(String user) {
        if (!user.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String[] parts = user.substring(PREFIX.length()).split(":", -1);
        return parts.length == 2 && !parts[0].isEmpty() && !parts[1].isEmpty() ? Optional.of(new ObjectKey(parts[0], parts[1])) : Optional.empty();
    }
}
