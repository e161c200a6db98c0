package io.jakube.agent.server;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that cannot be served; the message goes to the user. */
final class PlainError extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    PlainError(HttpResponseStatus status, String message) {
        super(message);
        this.code = status.code();
    }

    HttpResponseStatus status() {
        return HttpResponseStatus.valueOf(code);
    }

    static PlainError badRequest(String message) {
        return new PlainError(HttpResponseStatus.BAD_REQUEST, message);
    }

    static PlainError notFound(String message) {
        return new PlainError(HttpResponseStatus.NOT_FOUND, message);
    }
}
