package io.jakube.apiserver.openapi;

import io.jakube.common.api.GroupVersionKind;
import java.util.List;

/**
 * A path of the API with its operations.
 *
 * @param path with {@code {name}} placeholders
 * @param parameters those of every operation of the path
 * @param operations by HTTP method, in the order get, put, post, delete, patch
 */
record ApiPath(String path, List<Parameter> parameters, List<Operation> operations) {
    /**
     * An operation.
     *
     * @param method lower-case HTTP method
     * @param action {@code x-kubernetes-action}
     * @param kind kind the operation is about
     * @param body definition name of the body, or empty
     * @param bodyRequired whether the body must be there
     * @param result definition name of the answer, or empty for text
     * @param codes status codes of success
     */
    record Operation(
            String method, String action, String id, String description, String tag, GroupVersionKind kind, List<Parameter> parameters, String body, boolean bodyRequired, String result, List<Integer> codes) {}
}
