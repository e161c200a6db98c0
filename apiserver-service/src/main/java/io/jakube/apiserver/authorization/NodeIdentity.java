package io.jakube.apiserver.authorization;

import io.jakube.apiserver.request.UserInfo;
import java.util.Optional;

/** Recognizes node agents. */
public final class NodeIdentity {
    public static final String GROUP = "system:nodes";

    private static final String PREFIX = "system:node:";

    private NodeIdentity() {}

    /** The node's name if the user is a node agent: named {@code system:node:<name>} and in the group {@code system:nodes}. */
    public static Optional<String> of(UserInfo user) {
        return user.name().startsWith(PREFIX) && user.name().length() > PREFIX.length() && user.groups().contains(GROUP)
                ? Optional.of(user.name().substring(PREFIX.length()))
                : Optional.empty();
    }
}
