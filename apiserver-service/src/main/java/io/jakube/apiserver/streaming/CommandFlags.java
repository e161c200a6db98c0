package io.jakube.apiserver.streaming;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestInfoParser;

/**
 * Which streams a client of exec or attach wants (API reference, PodExecOptions). A terminal has one output, so {@code stderr} is off with {@code tty}.
 */
public record CommandFlags(boolean stdin, boolean stdout, boolean stderr, boolean tty) {
    public static CommandFlags of(ApiRequest request) {
        boolean tty = isSet(request, "tty");
        return new CommandFlags(isSet(request, "stdin"), isSet(request, "stdout"), isSet(request, "stderr") && !tty, tty);
    }

    static boolean isSet(ApiRequest request, String name) {
        return request.queryParameter(name).filter(RequestInfoParser::isTrue).isPresent();
    }

    /** As a query for the node. */
    public String query() {
        return "stdin=" + stdin + "&stdout=" + stdout + "&stderr=" + stderr + "&tty=" + tty;
    }
}
