package io.jakube.apiserver.registry.certificates;

import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectSubresource;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.Errors;
import io.jakube.apiserver.validation.FieldPath;
import io.jakube.common.json.Fields;
import io.jakube.common.status.FieldError;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code certificatesigningrequests/approval}: adds the conditions Approved or Denied, once and not both. */
public final class SigningRequestApproval implements ObjectSubresource {
    private final InstantSource clock;

    public SigningRequestApproval(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public String group() {
        return "certificates.k8s.io";
    }

    @Override
    public String resource() {
        return "certificatesigningrequests";
    }

    @Override
    public String subresource() {
        return "approval";
    }

    @Override
    public void prepareForUpdate(ObjectNode request, ObjectNode old, RequestContext context) {
        ArrayNode conditions = request.arrayNode();
        items(request.get("status"), "conditions").stream().filter(SigningRequestStrategy::isDecision).forEach(conditions::add);
        items(old.get("status"), "conditions").stream().filter(condition -> !SigningRequestStrategy.isDecision(condition)).forEach(conditions::add);
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        conditions.forEach(condition -> {
            Fields.defaultText((ObjectNode) condition, "lastUpdateTime", now);
            Fields.defaultText((ObjectNode) condition, "lastTransitionTime", now);
        });
        Fields.copy(old, request, "spec");
        Fields.copy(old, request, "status");
        if (conditions.isEmpty()) {
            ensureObject(request, "status").remove("conditions");
        } else {
            ensureObject(request, "status").set("conditions", conditions);
        }
    }

    @Override
    public List<FieldError> validateUpdate(ObjectNode request, ObjectNode old) {
        Errors errors = new Errors();
        FieldPath path = FieldPath.of("status", "conditions");
        Set<String> before = decisions(old);
        Set<String> after = decisions(request);
        before.stream().filter(type -> !after.contains(type)).forEach(type -> errors.forbidden(path, "updates may not remove a condition of type \"" + type + "\""));
        if (after.size() > 1) {
            errors.invalid(path, request.path("status").path("conditions"), "Approved and Denied conditions are mutually exclusive");
        }
        List<ObjectNode> conditions = items(request.get("status"), "conditions");
        for (int i = 0; i < conditions.size(); i++) {
            if (SigningRequestStrategy.isDecision(conditions.get(i)) && !text(conditions.get(i), "status").equals("True")) {
                errors.notSupported(path.index(i).child("status"), text(conditions.get(i), "status"), "True");
            }
        }
        return errors.list();
    }

    private static Set<String> decisions(ObjectNode request) {
        return items(request.get("status"), "conditions").stream().filter(SigningRequestStrategy::isDecision).map(condition -> text(condition, "type")).collect(Collectors.toSet());
    }

    @Override
    public boolean movesGeneration() {
        return false;
    }
}
