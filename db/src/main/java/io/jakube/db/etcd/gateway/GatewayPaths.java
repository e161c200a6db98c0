package io.jakube.db.etcd.gateway;

import io.jakube.db.etcd.v3.RpcMethod;
import java.util.List;
import java.util.Map;

/** The paths of etcd's JSON gateway (the {@code google.api.http} options of its published API). */
final class GatewayPaths {
    private static final Map<String, List<String>> PATHS = Map.ofEntries(
            Map.entry("Range", List.of("/v3/kv/range")),
            Map.entry("Put", List.of("/v3/kv/put")),
            Map.entry("DeleteRange", List.of("/v3/kv/deleterange")),
            Map.entry("Txn", List.of("/v3/kv/txn")),
            Map.entry("Compact", List.of("/v3/kv/compaction")),
            Map.entry("Watch", List.of("/v3/watch")),
            Map.entry("LeaseGrant", List.of("/v3/lease/grant")),
            Map.entry("LeaseRevoke", List.of("/v3/lease/revoke", "/v3/kv/lease/revoke")),
            Map.entry("LeaseKeepAlive", List.of("/v3/lease/keepalive")),
            Map.entry("LeaseTimeToLive", List.of("/v3/lease/timetolive", "/v3/kv/lease/timetolive")),
            Map.entry("LeaseLeases", List.of("/v3/lease/leases", "/v3/kv/lease/leases")),
            Map.entry("MemberAdd", List.of("/v3/cluster/member/add")),
            Map.entry("MemberRemove", List.of("/v3/cluster/member/remove")),
            Map.entry("MemberUpdate", List.of("/v3/cluster/member/update")),
            Map.entry("MemberList", List.of("/v3/cluster/member/list")),
            Map.entry("MemberPromote", List.of("/v3/cluster/member/promote")),
            Map.entry("Alarm", List.of("/v3/maintenance/alarm")),
            Map.entry("Status", List.of("/v3/maintenance/status")),
            Map.entry("Defragment", List.of("/v3/maintenance/defragment")),
            Map.entry("Hash", List.of("/v3/maintenance/hash")),
            Map.entry("HashKV", List.of("/v3/maintenance/hashkv")),
            Map.entry("Snapshot", List.of("/v3/maintenance/snapshot")),
            Map.entry("MoveLeader", List.of("/v3/maintenance/transfer-leadership")),
            Map.entry("Downgrade", List.of("/v3/maintenance/downgrade")),
            Map.entry("AuthEnable", List.of("/v3/auth/enable")),
            Map.entry("AuthDisable", List.of("/v3/auth/disable")),
            Map.entry("AuthStatus", List.of("/v3/auth/status")),
            Map.entry("Authenticate", List.of("/v3/auth/authenticate")),
            Map.entry("UserAdd", List.of("/v3/auth/user/add")),
            Map.entry("UserGet", List.of("/v3/auth/user/get")),
            Map.entry("UserList", List.of("/v3/auth/user/list")),
            Map.entry("UserDelete", List.of("/v3/auth/user/delete")),
            Map.entry("UserChangePassword", List.of("/v3/auth/user/changepw")),
            Map.entry("UserGrantRole", List.of("/v3/auth/user/grant")),
            Map.entry("UserRevokeRole", List.of("/v3/auth/user/revoke")),
            Map.entry("RoleAdd", List.of("/v3/auth/role/add")),
            Map.entry("RoleGet", List.of("/v3/auth/role/get")),
            Map.entry("RoleList", List.of("/v3/auth/role/list")),
            Map.entry("RoleDelete", List.of("/v3/auth/role/delete")),
            Map.entry("RoleGrantPermission", List.of("/v3/auth/role/grant")),
            Map.entry("RoleRevokePermission", List.of("/v3/auth/role/revoke")),
            Map.entry("Lock", List.of("/v3/lock/lock")),
            Map.entry("Unlock", List.of("/v3/lock/unlock")),
            Map.entry("Campaign", List.of("/v3/election/campaign")),
            Map.entry("Proclaim", List.of("/v3/election/proclaim")),
            Map.entry("Leader", List.of("/v3/election/leader")),
            Map.entry("Observe", List.of("/v3/election/observe")),
            Map.entry("Resign", List.of("/v3/election/resign")));

    private GatewayPaths() {}

    /** None where a method is not offered as JSON. */
    static List<String> of(RpcMethod<?, ?> method) {
        return method.service().startsWith("grpc.") ? List.of() : PATHS.getOrDefault(method.name(), List.of());
    }
}
