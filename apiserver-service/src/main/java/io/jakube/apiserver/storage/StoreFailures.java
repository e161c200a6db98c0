package io.jakube.apiserver.storage;

import io.jakube.common.status.ApiException;
import io.jakube.db.StoreException;

/** What clients are told when the store fails. */
public final class StoreFailures {
    private StoreFailures() {}

    /**
     * The answer: 503 with {@code Retry-After} where repeating the request is harmless, 504 without it where the change may have been stored, 400 for what the
     * store refuses. A revision that is gone or yet to come is no failure of the store, and answered by whoever asked for it.
     */
    public static ApiException answer(StoreException failure) {
        return switch (failure) {
            case StoreException.Unavailable e when e.outcomeUnknown() -> ApiException.timeout("the database does not answer: whether the change was stored is not known", 0);
            case StoreException.Unavailable _ -> ApiException.unavailable("the database does not answer: nothing was changed, try again later");
            case StoreException.LostWrites _ -> ApiException.unavailable("the database lost acknowledged writes in a failover: nothing was changed, read anew and try again");
            case StoreException.InvalidRequest e -> ApiException.badRequest(e.getMessage());
            case StoreException.Compacted e -> ApiException.expired(e.getMessage());
            case StoreException.FutureRevision e -> ApiException.timeout(e.getMessage(), 1);
        };
    }
}
