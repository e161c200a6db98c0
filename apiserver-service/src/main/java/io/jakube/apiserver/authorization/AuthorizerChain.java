package io.jakube.apiserver.authorization;

import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import java.util.List;

/** Asks authorizers in order until one decides. Members of {@code system:masters} may do everything, whatever the roles say. */
public final class AuthorizerChain implements Authorizer {
    public static final String SUPERUSERS = "system:masters";

    private static final Decision SUPERUSER = new Decision(Verdict.ALLOW, "");

    private final List<Authorizer> authorizers;

    public AuthorizerChain(List<Authorizer> authorizers) {
        this.authorizers = List.copyOf(authorizers);
    }

    @Override
    public Decision authorize(UserInfo user, RequestInfo info) {
        if (user.groups().contains(SUPERUSERS)) {
            return SUPERUSER;
        }
        String reasons = "";
        for (Authorizer authorizer : authorizers) {
            Decision decision = authorizer.authorize(user, info);
            if (decision.verdict() != Verdict.NO_OPINION) {
                return decision;
            }
            if (!decision.reason().isEmpty()) {
                reasons = reasons.isEmpty() ? decision.reason() : reasons + "\n" + decision.reason();
            }
        }
        return new Decision(Verdict.NO_OPINION, reasons);
    }
}
