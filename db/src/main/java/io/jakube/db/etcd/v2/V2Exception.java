package io.jakube.db.etcd.v2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;

/** An error of the version 2 API, with the codes and texts clients know. */
final class V2Exception extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Code code;
    private final String cause;

    V2Exception(Code code, String cause) {
        super(code.text + " (" + cause + ")");
        this.code = code;
        this.cause = cause;
    }

    /** What went wrong. */
    enum Code {
        KEY_NOT_FOUND(100, 404, "Key not found"),
        TEST_FAILED(101, 412, "Compare failed"),
        NOT_FILE(102, 403, "Not a file"),
        NOT_DIR(104, 400, "Not a directory"),
        NODE_EXISTS(105, 412, "Key already exists"),
        ROOT_READ_ONLY(107, 400, "Root is read only"),
        DIR_NOT_EMPTY(108, 403, "Directory not empty"),
        PREV_VALUE_REQUIRED(201, 400, "PrevValue is Required in POST form"),
        TTL_NAN(202, 400, "The given TTL in POST form is not a number"),
        INDEX_NAN(203, 400, "The given index in POST form is not a number"),
        INVALID_FIELD(209, 400, "Invalid field"),
        INVALID_FORM(210, 400, "Invalid POST form"),
        RAFT_INTERNAL(300, 500, "Raft Internal Error"),
        EVENT_INDEX_CLEARED(401, 400, "The event in requested index is outdated and cleared");

        private final int number;
        private final int status;
        private final String text;

        Code(int number, int status, String text) {
            this.number = number;
            this.status = status;
            this.text = text;
        }
    }

    int status() {
        return code.status;
    }

    /** @param index of the store; a request that could not even be read is answered with 0 */
    ObjectNode body(long index) {
        boolean unread = code.number >= Code.PREV_VALUE_REQUIRED.number && code.number <= Code.INVALID_FORM.number;
        return Json.object().put("errorCode", code.number).put("message", code.text).put("cause", cause).put("index", unread ? 0 : index);
    }
}
