package io.jakube.apiserver.registry.certificates;

import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.apiserver.validation.Errors;
import io.jakube.apiserver.validation.FieldPath;
import io.jakube.common.json.Fields;
import io.jakube.common.status.FieldError;
import java.util.List;

/** Certificate signing requests: who asks is recorded by the server, and what was asked never changes. */
public final class SigningRequestStrategy implements ResourceStrategy {
    private static final FieldPath SPEC = FieldPath.of("spec");

    @Override
    public void prepareForCreate(ObjectNode request, RequestContext context) {
        ObjectNode spec = ensureObject(request, "spec");
        spec.remove(List.of("username", "uid", "groups", "extra"));
        UserInfo user = context.user();
        spec.put("username", user.name());
        if (!user.uid().isEmpty()) {
            spec.put("uid", user.uid());
        }
        ArrayNode groups = spec.putArray("groups");
        user.groups().forEach(groups::add);
        if (!user.extra().isEmpty()) {
            ObjectNode extra = spec.putObject("extra");
            user.extra().forEach((key, values) -> {
                ArrayNode list = extra.putArray(key);
                values.forEach(list::add);
            });
        }
        request.putObject("status");
    }

    @Override
    public void prepareForUpdate(ObjectNode request, ObjectNode old, RequestContext context) {
        Fields.copy(old, request, "spec");
    }

    /** The status subresource issues or fails; approving and denying has a subresource of its own. */
    @Override
    public void prepareForStatusUpdate(ObjectNode request, ObjectNode old, RequestContext context) {
        ArrayNode conditions = ensureObject(request, "status").arrayNode();
        Fields.items(request.get("status"), "conditions").stream().filter(condition -> !isDecision(condition)).forEach(conditions::add);
        Fields.items(old.get("status"), "conditions").stream().filter(SigningRequestStrategy::isDecision).forEach(conditions::add);
        ObjectNode status = ensureObject(request, "status");
        if (conditions.isEmpty()) {
            status.remove("conditions");
        } else {
            status.set("conditions", conditions);
        }
    }

    static boolean isDecision(ObjectNode condition) {
        return text(condition, "type").equals("Approved") || text(condition, "type").equals("Denied");
    }

    @Override
    public List<FieldError> validate(ObjectNode request) {
        Errors errors = new Errors();
        ObjectNode spec = object(request, "spec");
        if (texts(spec, "usages").isEmpty()) {
            errors.required(SPEC.child("usages"), "");
        }
        String signer = text(spec, "signerName");
        if (signer.isEmpty()) {
            errors.required(SPEC.child("signerName"), "");
        } else if (signer.indexOf('/') <= 0 || signer.endsWith("/")) {
            errors.invalid(SPEC.child("signerName"), signer, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        }
        if (text(spec, "request").isEmpty()) {
            errors.invalid(SPEC.child("request"), "", "PEM block type must be CERTIFICATE REQUEST");
        }
        if (has(spec, "expirationSeconds") && integer(spec, "expirationSeconds") < 600) {
            errors.invalid(SPEC.child("expirationSeconds"), integer(spec, "expirationSeconds"), "may not specify a duration less than 600 seconds (10 minutes)");
        }
        return errors.list();
    }

    @Override
    public boolean tracksGeneration() {
        return false;
    }
}
