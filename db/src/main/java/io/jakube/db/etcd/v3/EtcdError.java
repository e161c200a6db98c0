package io.jakube.db.etcd.v3;

import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.jakube.db.StoreException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The errors clients know by their text (etcd's {@code api/v3rpc/rpctypes}). */
public enum EtcdError {
    EMPTY_KEY(Code.INVALID_ARGUMENT, "key is not provided"),
    KEY_NOT_FOUND(Code.INVALID_ARGUMENT, "key not found"),
    VALUE_PROVIDED(Code.INVALID_ARGUMENT, "value is provided"),
    LEASE_PROVIDED(Code.INVALID_ARGUMENT, "lease is provided"),
    TOO_MANY_OPERATIONS(Code.INVALID_ARGUMENT, "too many operations in txn request"),
    DUPLICATE_KEY(Code.INVALID_ARGUMENT, "duplicate key given in txn request"),
    INVALID_SORT_OPTION(Code.INVALID_ARGUMENT, "invalid sort option"),
    COMPACTED(Code.OUT_OF_RANGE, "mvcc: required revision has been compacted"),
    FUTURE_REVISION(Code.OUT_OF_RANGE, "mvcc: required revision is a future revision"),
    LEASE_NOT_FOUND(Code.NOT_FOUND, "requested lease not found"),
    LEASE_EXISTS(Code.FAILED_PRECONDITION, "lease already exists"),
    LEASE_TTL_TOO_LARGE(Code.OUT_OF_RANGE, "too large lease TTL"),
    REQUEST_TOO_LARGE(Code.INVALID_ARGUMENT, "request is too large"),
    MEMBER_NOT_FOUND(Code.NOT_FOUND, "member not found"),
    MEMBER_NOT_LEARNER(Code.FAILED_PRECONDITION, "can only promote a learner member"),
    TIMEOUT(Code.UNAVAILABLE, "request timed out"),
    TIMEOUT_CONNECTION_LOST(Code.UNAVAILABLE, "request timed out, possibly due to connection lost"),
    STOPPED(Code.UNAVAILABLE, "server stopped"),
    PERMISSION_DENIED(Code.PERMISSION_DENIED, "permission denied"),
    ROOT_USER_NOT_EXIST(Code.FAILED_PRECONDITION, "root user does not exist"),
    ROOT_ROLE_NOT_EXIST(Code.FAILED_PRECONDITION, "root user does not have root role"),
    USER_ALREADY_EXISTS(Code.FAILED_PRECONDITION, "user name already exists"),
    USER_EMPTY(Code.INVALID_ARGUMENT, "user name is empty"),
    USER_NOT_FOUND(Code.FAILED_PRECONDITION, "user name not found"),
    ROLE_ALREADY_EXISTS(Code.FAILED_PRECONDITION, "role name already exists"),
    ROLE_NOT_FOUND(Code.FAILED_PRECONDITION, "role name not found"),
    ROLE_EMPTY(Code.INVALID_ARGUMENT, "role name is empty"),
    AUTH_FAILED(Code.INVALID_ARGUMENT, "authentication failed, invalid user ID or password"),
    ROLE_NOT_GRANTED(Code.FAILED_PRECONDITION, "role is not granted to the user"),
    PERMISSION_NOT_GRANTED(Code.FAILED_PRECONDITION, "permission is not granted to the role"),
    PERMISSION_NOT_GIVEN(Code.INVALID_ARGUMENT, "permission not given"),
    AUTH_NOT_ENABLED(Code.FAILED_PRECONDITION, "authentication is not enabled"),
    INVALID_AUTH_TOKEN(Code.UNAUTHENTICATED, "invalid auth token"),
    INVALID_AUTH_MANAGEMENT(Code.INVALID_ARGUMENT, "invalid auth management"),
    BAD_LEADER_TRANSFEREE(Code.FAILED_PRECONDITION, "bad leader transferee");

    private static final Logger LOG = LoggerFactory.getLogger(EtcdError.class);
    private static final String PREFIX = "etcdserver: ";

    private final Code code;
    private final String text;

    EtcdError(Code code, String text) {
        this.code = code;
        this.text = PREFIX + text;
    }

    public String text() {
        return text;
    }

    public StatusRuntimeException exception() {
        return code.toStatus().withDescription(text).asRuntimeException();
    }

    /** With what a client's user needs to know beside the text. */
    public StatusRuntimeException because(String reason) {
        return code.toStatus().withDescription(text + ": " + reason).asRuntimeException();
    }

    /** Something etcd does that has no meaning here. */
    static StatusRuntimeException unsupported(String what) {
        return Status.UNIMPLEMENTED.withDescription(PREFIX + what).asRuntimeException();
    }

    /** What a client is told about a failure. Never more than it may know: an unexpected failure is logged. */
    public static StatusRuntimeException translate(Throwable failure) {
        return switch (failure) {
            case StatusRuntimeException known -> known;
            case CompletionException e when e.getCause() != null -> translate(e.getCause());
            case StoreException.Compacted e -> COMPACTED.exception();
            case StoreException.FutureRevision e -> FUTURE_REVISION.exception();
            case StoreException.LostWrites e -> TIMEOUT_CONNECTION_LOST.exception();
            case StoreException.Unavailable e -> (e.outcomeUnknown() ? TIMEOUT_CONNECTION_LOST : TIMEOUT).exception();
            case StoreException.InvalidRequest e -> invalid(e);
            default -> {
                LOG.error("A request failed", failure);
                yield Status.INTERNAL.withDescription(PREFIX + "internal error").asRuntimeException();
            }
        };
    }

    private static StatusRuntimeException invalid(StoreException.InvalidRequest e) {
        return switch (e.reason()) {
            case EMPTY_KEY -> EMPTY_KEY.exception();
            case TOO_LARGE -> REQUEST_TOO_LARGE.exception();
            case TOO_MANY_OPERATIONS -> TOO_MANY_OPERATIONS.exception();
            case DUPLICATE_KEY -> DUPLICATE_KEY.exception();
            case KEY_NOT_FOUND -> KEY_NOT_FOUND.exception();
            case LEASE_NOT_FOUND -> LEASE_NOT_FOUND.exception();
            case LEASE_EXISTS -> LEASE_EXISTS.exception();
            case READ_ONLY -> PERMISSION_DENIED.exception();
            case OTHER -> Status.INVALID_ARGUMENT.withDescription(PREFIX + e.getMessage()).asRuntimeException();
        };
    }
}
