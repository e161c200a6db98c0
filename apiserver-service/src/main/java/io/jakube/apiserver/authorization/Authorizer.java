package io.jakube.apiserver.authorization;

import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;

/** Decides whether an identity may do something. Thread-safe; answers from memory. */
public interface Authorizer {
    /** An authorizer's answer. */
    enum Verdict {
        ALLOW,
        /** Refused, whatever later authorizers say. */
        DENY,
        /** Nothing to say; the next one decides, and in the end it is a refusal. */
        NO_OPINION
    }

    /**
     * @param reason shown to the client in a refusal, may be empty
     */
    record Decision(Verdict verdict, String reason) {
        public boolean allowed() {
            return verdict == Verdict.ALLOW;
        }
    }

    Decision authorize(UserInfo user, RequestInfo info);
}
