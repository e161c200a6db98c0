package io.jakube.db.etcd.v3;

import io.jakube.db.KeyRange;

/** Who may do what. Each method returns, or throws what the client is to be told. */
public interface Access {
    void read(Caller caller, KeyRange range);

    void write(Caller caller, KeyRange range);

    /** Maintenance, members, users and roles. */
    void administer(Caller caller);
}
