package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Message;
import io.jakube.db.etcd.api.AuthDisableRequest;
import io.jakube.db.etcd.api.AuthDisableResponse;
import io.jakube.db.etcd.api.AuthEnableRequest;
import io.jakube.db.etcd.api.AuthEnableResponse;
import io.jakube.db.etcd.api.AuthRoleAddRequest;
import io.jakube.db.etcd.api.AuthRoleAddResponse;
import io.jakube.db.etcd.api.AuthRoleDeleteRequest;
import io.jakube.db.etcd.api.AuthRoleDeleteResponse;
import io.jakube.db.etcd.api.AuthRoleGetRequest;
import io.jakube.db.etcd.api.AuthRoleGetResponse;
import io.jakube.db.etcd.api.AuthRoleGrantPermissionRequest;
import io.jakube.db.etcd.api.AuthRoleGrantPermissionResponse;
import io.jakube.db.etcd.api.AuthRoleListRequest;
import io.jakube.db.etcd.api.AuthRoleListResponse;
import io.jakube.db.etcd.api.AuthRoleRevokePermissionRequest;
import io.jakube.db.etcd.api.AuthRoleRevokePermissionResponse;
import io.jakube.db.etcd.api.AuthStatusRequest;
import io.jakube.db.etcd.api.AuthStatusResponse;
import io.jakube.db.etcd.api.AuthUserAddRequest;
import io.jakube.db.etcd.api.AuthUserAddResponse;
import io.jakube.db.etcd.api.AuthUserChangePasswordRequest;
import io.jakube.db.etcd.api.AuthUserChangePasswordResponse;
import io.jakube.db.etcd.api.AuthUserDeleteRequest;
import io.jakube.db.etcd.api.AuthUserDeleteResponse;
import io.jakube.db.etcd.api.AuthUserGetRequest;
import io.jakube.db.etcd.api.AuthUserGetResponse;
import io.jakube.db.etcd.api.AuthUserGrantRoleRequest;
import io.jakube.db.etcd.api.AuthUserGrantRoleResponse;
import io.jakube.db.etcd.api.AuthUserListRequest;
import io.jakube.db.etcd.api.AuthUserListResponse;
import io.jakube.db.etcd.api.AuthUserRevokeRoleRequest;
import io.jakube.db.etcd.api.AuthUserRevokeRoleResponse;
import io.jakube.db.etcd.api.AuthenticateRequest;
import io.jakube.db.etcd.api.AuthenticateResponse;
import java.util.List;
import java.util.function.Function;

/**
 * The service Auth of a member without users: who may connect is decided by certificates. What asks about users is answered as by an etcd that has none; what would
 * make some is refused.
 */
public final class AuthService {
    private static final String NAME = "etcdserverpb.Auth";
    private static final String NO_USERS = "users and roles are not supported: let clients in by their certificates (--client-cert-auth)";

    private final Headers headers;

    public AuthService(Headers headers) {
        this.headers = requireNonNull(headers, "headers is null");
    }

    public List<RpcMethod<?, ?>> methods() {
        return List.of(
                method("AuthEnable", AuthEnableRequest.getDefaultInstance(), AuthEnableResponse.getDefaultInstance(), refusing(EtcdError.ROOT_USER_NOT_EXIST)),
                method("AuthDisable", AuthDisableRequest.getDefaultInstance(), AuthDisableResponse.getDefaultInstance(),
                        request -> AuthDisableResponse.newBuilder().setHeader(headers.now()).build()),
                method("AuthStatus", AuthStatusRequest.getDefaultInstance(), AuthStatusResponse.getDefaultInstance(),
                        request -> AuthStatusResponse.newBuilder().setHeader(headers.now()).setAuthRevision(1).build()),
                method("Authenticate", AuthenticateRequest.getDefaultInstance(), AuthenticateResponse.getDefaultInstance(), refusing(EtcdError.AUTH_NOT_ENABLED)),
                method("UserAdd", AuthUserAddRequest.getDefaultInstance(), AuthUserAddResponse.getDefaultInstance(), request -> {
                    throw request.getName().isEmpty() ? EtcdError.USER_EMPTY.exception() : EtcdError.unsupported(NO_USERS);
                }),
                method("UserGet", AuthUserGetRequest.getDefaultInstance(), AuthUserGetResponse.getDefaultInstance(), refusing(EtcdError.USER_NOT_FOUND)),
                method("UserList", AuthUserListRequest.getDefaultInstance(), AuthUserListResponse.getDefaultInstance(),
                        request -> AuthUserListResponse.newBuilder().setHeader(headers.now()).build()),
                method("UserDelete", AuthUserDeleteRequest.getDefaultInstance(), AuthUserDeleteResponse.getDefaultInstance(), refusing(EtcdError.USER_NOT_FOUND)),
                method("UserChangePassword", AuthUserChangePasswordRequest.getDefaultInstance(), AuthUserChangePasswordResponse.getDefaultInstance(), refusing(EtcdError.USER_NOT_FOUND)),
                method("UserGrantRole", AuthUserGrantRoleRequest.getDefaultInstance(), AuthUserGrantRoleResponse.getDefaultInstance(), refusing(EtcdError.USER_NOT_FOUND)),
                method("UserRevokeRole", AuthUserRevokeRoleRequest.getDefaultInstance(), AuthUserRevokeRoleResponse.getDefaultInstance(), refusing(EtcdError.USER_NOT_FOUND)),
                method("RoleAdd", AuthRoleAddRequest.getDefaultInstance(), AuthRoleAddResponse.getDefaultInstance(), request -> {
                    throw request.getName().isEmpty() ? EtcdError.ROLE_EMPTY.exception() : EtcdError.unsupported(NO_USERS);
                }),
                method("RoleGet", AuthRoleGetRequest.getDefaultInstance(), AuthRoleGetResponse.getDefaultInstance(), refusing(EtcdError.ROLE_NOT_FOUND)),
                method("RoleList", AuthRoleListRequest.getDefaultInstance(), AuthRoleListResponse.getDefaultInstance(),
                        request -> AuthRoleListResponse.newBuilder().setHeader(headers.now()).build()),
                method("RoleDelete", AuthRoleDeleteRequest.getDefaultInstance(), AuthRoleDeleteResponse.getDefaultInstance(), refusing(EtcdError.ROLE_NOT_FOUND)),
                method("RoleGrantPermission", AuthRoleGrantPermissionRequest.getDefaultInstance(), AuthRoleGrantPermissionResponse.getDefaultInstance(), refusing(EtcdError.ROLE_NOT_FOUND)),
                method("RoleRevokePermission", AuthRoleRevokePermissionRequest.getDefaultInstance(), AuthRoleRevokePermissionResponse.getDefaultInstance(), refusing(EtcdError.ROLE_NOT_FOUND)));
    }

    private static <Q extends Message, A extends Message> RpcMethod<Q, A> method(String name, Q request, A response, Function<Q, A> handler) {
        return RpcMethod.unary(NAME, name, request, response, (caller, asked) -> handler.apply(asked));
    }

    private static <Q, A> Function<Q, A> refusing(EtcdError error) {
        return request -> {
            throw error.exception();
        };
    }
}
