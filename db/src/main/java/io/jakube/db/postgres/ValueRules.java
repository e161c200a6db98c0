package io.jakube.db.postgres;

import io.jakube.db.Key;
import io.jakube.db.StoreException;
import io.jakube.db.StoreException.Reason;
import org.jspecify.annotations.Nullable;

/** Limits of keys and values. Stateless. */
final class ValueRules {
    private ValueRules() {}

    static void check(Key key, byte @Nullable [] value, StoreConfig.Limits limits) {
        if (key.length() == 0) {
            throw new StoreException.InvalidRequest(Reason.EMPTY_KEY, "key is not provided");
        }
        if (key.length() > StoreConfig.Limits.KEY_BYTES) {
            throw new StoreException.InvalidRequest(Reason.TOO_LARGE, "the key has " + key.length() + " bytes, the limit is " + StoreConfig.Limits.KEY_BYTES);
        }
        if (value != null && value.length > limits.valueBytes()) {
            throw new StoreException.InvalidRequest(Reason.TOO_LARGE, "request is too large: the value of " + key + " has " + value.length + " bytes, the limit is " + limits.valueBytes());
        }
    }
}
