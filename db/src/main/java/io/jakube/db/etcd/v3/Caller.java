package io.jakube.db.etcd.v3;

import org.jspecify.annotations.Nullable;

/**
 * Who calls.
 *
 * @param token what {@code Authenticate} gave out
 * @param certificateName common name of the client's certificate
 */
public record Caller(@Nullable String token, @Nullable String certificateName) {
    /** The front itself, on behalf of a call it already let pass. */
    static final Caller SELF = new Caller(null, null);
}
