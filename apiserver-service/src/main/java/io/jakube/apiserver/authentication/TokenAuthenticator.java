package io.jakube.apiserver.authentication;

import io.jakube.apiserver.request.UserInfo;
import java.util.List;

/** One kind of bearer token. Thread-safe. */
interface TokenAuthenticator {
    /** What became of a token. */
    sealed interface Result {
        /** Not of this kind; another one may know it. */
        record Unknown() implements Result {}

        /** Of this kind, but not to be accepted. @param reason for the log and for TokenReview; shows nothing secret */
        record Invalid(String reason) implements Result {}

        /** @param audiences those of the wanted ones the token is meant for */
        record Valid(UserInfo user, List<String> audiences) implements Result {}
    }

    Result UNKNOWN = new Result.Unknown();

    /** @param audiences at least one of them must be the token's, where tokens of this kind have any */
    Result authenticate(String token, List<String> audiences);
}
