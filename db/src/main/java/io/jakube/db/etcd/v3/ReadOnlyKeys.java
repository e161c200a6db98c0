package io.jakube.db.etcd.v3;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import java.util.List;

/** Everybody may do everything, except write keys with certain beginnings: those belong to somebody else who also uses the store. */
public final class ReadOnlyKeys implements Access {
    private final List<KeyRange> readOnly;

    public ReadOnlyKeys(List<Key> prefixes) {
        this.readOnly = prefixes.stream().map(KeyRange::prefix).toList();
    }

    @Override
    public void read(Caller caller, KeyRange range) {}

    @Override
    public void write(Caller caller, KeyRange range) {
        if (readOnly.stream().anyMatch(kept -> overlap(kept, range))) {
            throw EtcdError.PERMISSION_DENIED.exception();
        }
    }

    @Override
    public void administer(Caller caller) {}

    static boolean overlap(KeyRange one, KeyRange other) {
        Key oneEnd = one.to();
        Key otherEnd = other.to();
        return (otherEnd == null || one.from().compareTo(otherEnd) < 0) && (oneEnd == null || other.from().compareTo(oneEnd) < 0);
    }
}
