package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import io.jakube.db.StoreAdministration;
import io.jakube.db.etcd.api.Member;
import io.jakube.db.etcd.api.MemberAddRequest;
import io.jakube.db.etcd.api.MemberAddResponse;
import io.jakube.db.etcd.api.MemberListRequest;
import io.jakube.db.etcd.api.MemberListResponse;
import io.jakube.db.etcd.api.MemberPromoteRequest;
import io.jakube.db.etcd.api.MemberPromoteResponse;
import io.jakube.db.etcd.api.MemberRemoveRequest;
import io.jakube.db.etcd.api.MemberRemoveResponse;
import io.jakube.db.etcd.api.MemberUpdateRequest;
import io.jakube.db.etcd.api.MemberUpdateResponse;
import java.util.List;

/** The service Cluster. Members come by being started on the database and go by being stopped, so nothing can be changed here. */
public final class ClusterService {
    private static final String NAME = "etcdserverpb.Cluster";

    private final Membership membership;
    private final Headers headers;
    private final Access access;

    public ClusterService(Membership membership, Headers headers, Access access) {
        this.membership = requireNonNull(membership, "membership is null");
        this.headers = headers;
        this.access = access;
    }

    public List<RpcMethod<?, ?>> methods() {
        return List.of(
                RpcMethod.unary(NAME, "MemberList", MemberListRequest.getDefaultInstance(), MemberListResponse.getDefaultInstance(), (caller, request) -> list()),
                RpcMethod.unary(NAME, "MemberAdd", MemberAddRequest.getDefaultInstance(), MemberAddResponse.getDefaultInstance(), (caller, request) -> {
                    access.administer(caller);
                    throw EtcdError.unsupported("members are not added: start another one on the same database");
                }),
                RpcMethod.unary(NAME, "MemberRemove", MemberRemoveRequest.getDefaultInstance(), MemberRemoveResponse.getDefaultInstance(), (caller, request) -> {
                    requireKnown(caller, request.getID());
                    throw EtcdError.unsupported("members are not removed: stop the process, and it is gone from the list");
                }),
                RpcMethod.unary(NAME, "MemberUpdate", MemberUpdateRequest.getDefaultInstance(), MemberUpdateResponse.getDefaultInstance(), (caller, request) -> {
                    requireKnown(caller, request.getID());
                    throw EtcdError.unsupported("members have no peer URLs: they know each other by the database");
                }),
                RpcMethod.unary(NAME, "MemberPromote", MemberPromoteRequest.getDefaultInstance(), MemberPromoteResponse.getDefaultInstance(), (caller, request) -> {
                    requireKnown(caller, request.getID());
                    throw EtcdError.MEMBER_NOT_LEARNER.exception();
                }));
    }

    private void requireKnown(Caller caller, long id) {
        access.administer(caller);
        if (membership.all().stream().noneMatch(member -> member.id() == id)) {
            throw EtcdError.MEMBER_NOT_FOUND.exception();
        }
    }

    public MemberListResponse list() {
        MemberListResponse.Builder response = MemberListResponse.newBuilder().setHeader(headers.now().toBuilder().setRevision(0));
        for (StoreAdministration.Member member : membership.all()) {
            // There is no traffic between members; clients that show peer URLs are shown where the member serves.
            response.addMembers(Member.newBuilder().setID(member.id()).setName(member.name()).addAllClientURLs(member.clientUrls()).addAllPeerURLs(member.clientUrls()));
        }
        return response.build();
    }
}
