package io.jakube.common.status;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupResource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request that ends in a {@code meta/v1 Status} with {@code status: Failure}. The factory methods give upstream's
 * codes, reasons and texts (API reference, meta/v1 Status). Carries no stack trace: it is an answer, not a fault.
 */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * One entry of {@code Status.details.causes}.
     *
     * @param reason machine-readable, may be empty
     * @param message human-readable
     * @param field path, may be empty
     */
    public record Cause(String reason, String message, String field) {}

    private final int code;
    private final String reason;
    private final @Nullable GroupResource resource;
    private final @Nullable String kind;
    private final String name;
    private final String uid;
    private final transient List<Cause> causes;
    private final int retryAfterSeconds;
    private String continueToken = "";

    private ApiException(int code, String reason, String message, @Nullable GroupResource resource, @Nullable String kind, String name, String uid, List<Cause> causes, int retryAfterSeconds) {
        super(message, null, false, false);
        this.code = code;
        this.reason = requireNonNull(reason, "reason is null");
        this.resource = resource;
        this.kind = kind;
        this.name = requireNonNull(name, "name is null");
        this.uid = uid;
        this.causes = List.copyOf(causes);
        this.retryAfterSeconds = retryAfterSeconds;
    }

    public static ApiException of(int code, String reason, String message) {
        return new ApiException(code, reason, message, null, null, "", "", List.of(), 0);
    }

    /**
     * A failure that a server answered, on the client's side.
     *
     * @param code HTTP status
     * @param status the {@code Status} body; another body gives an empty reason
     */
    public static ApiException fromStatus(int code, JsonNode status) {
        JsonNode details = status.path("details");
        List<Cause> causes = new ArrayList<>();
        details.path("causes").forEach(cause -> causes.add(new Cause(cause.path("reason").asText(), cause.path("message").asText(), cause.path("field").asText())));
        GroupResource resource = details.has("kind") ? new GroupResource(details.path("group").asText(), details.path("kind").asText()) : null;
        return new ApiException(code, status.path("reason").asText(), status.path("message").asText("the server answered " + code), resource, null,
                details.path("name").asText(), details.path("uid").asText(), causes, details.path("retryAfterSeconds").asInt());
    }

    public static ApiException notFound(GroupResource resource, String name) {
        return new ApiException(404, "NotFound", resource + " \"" + name + "\" not found", resource, null, name, "", List.of(), 0);
    }

    /** The path names no resource the server has. */
    public static ApiException unknownPath() {
        return of(404, "NotFound", "the server could not find the requested resource");
    }

    public static ApiException alreadyExists(GroupResource resource, String name) {
        return new ApiException(409, "AlreadyExists", resource + " \"" + name + "\" already exists", resource, null, name, "", List.of(), 0);
    }

    public static ApiException conflict(GroupResource resource, String name, String message) {
        return new ApiException(409, "Conflict", "Operation cannot be fulfilled on " + resource + " \"" + name + "\": " + message, resource, null, name, "", List.of(), 0);
    }

    /** The optimistic lock failed. */
    public static ApiException modified(GroupResource resource, String name) {
        return conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again");
    }

    /** Server-side apply conflicts; one cause of reason {@code FieldManagerConflict} per field. */
    public static ApiException applyConflict(String message, List<Cause> causes) {
        return new ApiException(409, "Conflict", message, null, null, "", "", causes, 0);
    }

    public static ApiException forbidden(GroupResource resource, String name, String message) {
        String subject = name.isEmpty() ? resource + " is forbidden: " : resource + " \"" + name + "\" is forbidden: ";
        return new ApiException(403, "Forbidden", subject + message, resource, null, name, "", List.of(), 0);
    }

    public static ApiException unauthorized() {
        return of(401, "Unauthorized", "Unauthorized");
    }

    public static ApiException badRequest(String message) {
        return of(400, "BadRequest", message);
    }

    public static ApiException methodNotSupported(GroupResource resource, String verb) {
        return new ApiException(405, "MethodNotAllowed", verb + " is not supported on resources of kind \"" + resource + "\"", resource, null, "", "", List.of(), 0);
    }

    /** The path takes no requests of this method. */
    public static ApiException methodNotAllowed() {
        return of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    }

    public static ApiException notAcceptable(String message) {
        return of(406, "NotAcceptable", message);
    }

    public static ApiException unsupportedMediaType(String message) {
        return of(415, "UnsupportedMediaType", message);
    }

    public static ApiException tooLarge(String message) {
        return of(413, "RequestEntityTooLarge", message);
    }

    /** Validation errors of an object; {@code kindGroup} is the kind with its group, such as {@code Deployment} of {@code apps}. */
    public static ApiException invalid(String group, String kind, String name, List<FieldError> errors) {
        String qualified = group.isEmpty() ? kind : kind + "." + group;
        String text = errors.size() == 1
                ? errors.getFirst().toString()
                : errors.stream().map(FieldError::toString).distinct().collect(Collectors.joining(", ", "[", "]"));
        return new ApiException(422, "Invalid", qualified + " \"" + name + "\" is invalid: " + text, new GroupResource(group, ""), kind, name, "",
                errors.stream().map(e -> new Cause(e.type().reason(), e.message(), e.field())).toList(), 0);
    }

    /** A continue token or watch version that compaction has removed. */
    public static ApiException expired(String message) {
        return of(410, "Expired", message);
    }

    public static ApiException tooManyRequests(String message, int retryAfterSeconds) {
        return new ApiException(429, "TooManyRequests", message, null, null, "", "", List.of(), retryAfterSeconds);
    }

    public static ApiException timeout(String message, int retryAfterSeconds) {
        return new ApiException(504, "Timeout", message, null, null, "", "", List.of(), retryAfterSeconds);
    }

    public static ApiException unavailable(String message) {
        return new ApiException(503, "ServiceUnavailable", message, null, null, "", "", List.of(), 1);
    }

    /** A fault of ours. The message must not show internals; log the throwable where it is caught. */
    public static ApiException internal(String message) {
        return new ApiException(500, "InternalError", "Internal error occurred: " + message, null, null, "", "",
                List.of(new Cause("", message, "")), 0);
    }

    public ApiException withCauses(List<Cause> added) {
        return new ApiException(code, reason, getMessage(), resource, kind, name, uid, added, retryAfterSeconds);
    }

    /** With a token for {@code metadata.continue}: where an expired list can go on, inconsistently. */
    public ApiException withContinue(String token) {
        ApiException copy = new ApiException(code, reason, getMessage(), resource, kind, name, uid, causes, retryAfterSeconds);
        copy.continueToken = requireNonNull(token, "token is null");
        return copy;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    public List<Cause> causes() {
        return causes;
    }

    /** Seconds for the {@code Retry-After} header; 0 sends none. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    public boolean is(String expectedReason) {
        return reason.equals(expectedReason);
    }

    /** The {@code Status} object, with {@code kind} and {@code apiVersion}. */
    public ObjectNode toStatus() {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("kind", "Status").put("apiVersion", "v1");
        ObjectNode metadata = status.putObject("metadata");
        if (!continueToken.isEmpty()) {
            metadata.put("continue", continueToken);
        }
        status.put("status", "Failure").put("message", getMessage()).put("reason", reason);
        if (resource != null || kind != null || !causes.isEmpty() || retryAfterSeconds > 0) {
            ObjectNode details = status.putObject("details");
            if (!name.isEmpty()) {
                details.put("name", name);
            }
            if (resource != null && !resource.group().isEmpty()) {
                details.put("group", resource.group());
            }
            if (kind != null) {
                details.put("kind", kind);
            } else if (resource != null && !resource.resource().isEmpty()) {
                details.put("kind", resource.resource());
            }
            if (!uid.isEmpty()) {
                details.put("uid", uid);
            }
            if (!causes.isEmpty()) {
                var array = details.putArray("causes");
                for (Cause cause : causes) {
                    ObjectNode node = array.addObject();
                    if (!cause.reason().isEmpty()) {
                        node.put("reason", cause.reason());
                    }
                    node.put("message", cause.message());
                    if (!cause.field().isEmpty()) {
                        node.put("field", cause.field());
                    }
                }
            }
            if (retryAfterSeconds > 0) {
                details.put("retryAfterSeconds", retryAfterSeconds);
            }
        }
        return status.put("code", code);
    }
}
