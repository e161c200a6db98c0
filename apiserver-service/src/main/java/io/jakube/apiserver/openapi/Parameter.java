package io.jakube.apiserver.openapi;

import java.util.List;

/**
 * A parameter of an operation.
 *
 * @param in {@code query} or {@code path}
 * @param type {@code string}, {@code integer} or {@code boolean}
 */
record Parameter(String name, String in, String type, String description) {
    static final Parameter NAMESPACE = path("namespace", "object name and auth scope, such as for teams and projects");
    static final Parameter PRETTY = query("pretty", "string", "Whether the answer is indented.");
    static final Parameter FIELD_MANAGER = query("fieldManager", "string", "Name of the actor that makes the change; at most 128 printable characters. Required for apply.");
    static final Parameter FORCE = query("force", "boolean", "Whether apply takes fields over that others own. For apply only.");
    private static final Parameter DRY_RUN = query("dryRun", "string", "'All' runs every stage but the last: nothing is persisted.");
    private static final Parameter FIELD_VALIDATION = query("fieldValidation", "string",
            "What to do about unknown and duplicate fields: 'Ignore' drops them, 'Warn' (the default) drops them and warns, 'Strict' refuses the request.");

    static final List<Parameter> WRITE = List.of(DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION);
    static final List<Parameter> PATCH = List.of(DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION, FORCE);
    static final List<Parameter> DELETE = List.of(
            DRY_RUN,
            query("gracePeriodSeconds", "integer", "Seconds before the object is deleted; zero deletes at once, none is the type's own."),
            query("orphanDependents", "boolean", "Deprecated, use propagationPolicy."),
            query("propagationPolicy", "string", "What becomes of dependents: 'Orphan', 'Background' or 'Foreground'."));
    static final List<Parameter> SELECT = List.of(
            query("continue", "string", "Token of the next page of a list, from the answer before."),
            query("fieldSelector", "string", "Selects objects by their fields."),
            query("labelSelector", "string", "Selects objects by their labels."),
            query("limit", "integer", "Most objects in one answer."),
            query("resourceVersion", "string", "How old the answer may be, or where a watch starts."),
            query("resourceVersionMatch", "string", "How resourceVersion is applied to a list: 'Exact' or 'NotOlderThan'."),
            query("sendInitialEvents", "boolean", "Whether a watch begins with the objects there are, and a bookmark after them."),
            query("timeoutSeconds", "integer", "Most seconds the call lasts."));
    static final List<Parameter> WATCH = List.of(
            query("allowWatchBookmarks", "boolean", "Whether a watch may send bookmarks."),
            query("watch", "boolean", "Whether changes are streamed instead of listing."));

    static Parameter query(String name, String type, String description) {
        return new Parameter(name, "query", type, description);
    }

    static Parameter path(String name, String description) {
        return new Parameter(name, "path", "string", description);
    }

    /** Parameters of the connect subresources and of logs. */
    static List<Parameter> ofSubresource(String subresource) {
        return switch (subresource) {
            case "exec" -> List.of(query("command", "string", "Command and arguments, one parameter each; no shell."), CONTAINER, STDERR, STDIN, STDOUT, TTY);
            case "attach" -> List.of(CONTAINER, STDERR, STDIN, STDOUT, TTY);
            case "portforward" -> List.of(query("ports", "integer", "Ports to forward, for WebSockets."));
            case "proxy" -> List.of(query("path", "string", "Path of the request behind the proxy."));
            case "log" -> List.of(
                    CONTAINER,
                    query("follow", "boolean", "Whether to stream on."),
                    query("insecureSkipTLSVerifyBackend", "boolean", "Whether to trust any certificate of the node."),
                    query("limitBytes", "integer", "Most bytes to read."),
                    PRETTY,
                    query("previous", "boolean", "Whether to read the container that ended before."),
                    query("sinceSeconds", "integer", "Reads lines not older than this."),
                    query("stream", "string", "'All', 'Stdout' or 'Stderr'."),
                    query("tailLines", "integer", "Reads as many lines from the end."),
                    query("timestamps", "boolean", "Whether lines begin with their time."));
            default -> List.of();
        };
    }

    private static final Parameter CONTAINER = query("container", "string", "Container of the pod; may be left out if there is one only.");
    private static final Parameter STDERR = query("stderr", "boolean", "Whether standard error is redirected.");
    private static final Parameter STDIN = query("stdin", "boolean", "Whether standard input is redirected.");
    private static final Parameter STDOUT = query("stdout", "boolean", "Whether standard output is redirected.");
    private static final Parameter TTY = query("tty", "boolean", "Whether a terminal is allocated.");
}
