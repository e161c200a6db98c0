package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.admission.PodSecurityStandards.Level;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds pods to the level their namespace's labels name, and warns of pods and workloads that would not pass (Kubernetes documentation, "Pod
 * Security Admission"). Whatever version a label names, the rules are today's.
 */
final class PodSecurity implements AdmissionPlugin {
    private static final String PREFIX = "pod-security.kubernetes.io/";
    private static final GroupResource NAMESPACES = GroupResource.core("namespaces");

    /** Where workloads keep the template of their pods. */
    private static final Map<String, String> TEMPLATES = Map.of(
            "deployments.apps", "/spec/template", "replicasets.apps", "/spec/template", "statefulsets.apps", "/spec/template", "daemonsets.apps", "/spec/template",
            "replicationcontrollers", "/spec/template", "jobs.batch", "/spec/template", "cronjobs.batch", "/spec/jobTemplate/spec/template", "podtemplates", "/template");

    private final ObjectStore store;

    PodSecurity(ObjectStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    @Override
    public String name() {
        return "PodSecurity";
    }

    @Override
    public void validate(AdmissionRequest request) {
        ObjectNode object = request.object();
        if (object == null || request.operation() != Operation.CREATE && request.operation() != Operation.UPDATE) {
            return;
        }
        String resource = request.resource().groupResource().toString();
        if (request.isFor("", "namespaces")) {
            validateLabels(request, object);
        } else if (resource.equals("pods")) {
            boolean changesContainers = request.operation() == Operation.CREATE && request.subresource().isEmpty() || request.subresource().equals("ephemeralcontainers");
            if (changesContainers) {
                check(request, object, true);
            }
        } else if (request.subresource().isEmpty() && TEMPLATES.containsKey(resource) && object.at(TEMPLATES.get(resource)) instanceof ObjectNode template) {
            check(request, template, false);
        }
    }

    private void check(AdmissionRequest request, ObjectNode pod, boolean enforce) {
        Map<String, String> labels = store.getCached(NAMESPACES, "", request.namespace()).map(found -> Fields.strings(found.path("metadata"), "labels")).orElse(Map.of());
        if (enforce) {
            Policy policy = policy(labels, "enforce");
            List<String> violations = PodSecurityStandards.violations(policy.level(), pod);
            if (!violations.isEmpty()) {
                throw Refuse.forbidden(request, "violates PodSecurity \"" + policy + "\": " + String.join(", ", violations));
            }
        }
        Policy warn = policy(labels, "warn");
        List<String> violations = PodSecurityStandards.violations(warn.level(), pod);
        if (!violations.isEmpty()) {
            request.context().warn("would violate PodSecurity \"" + warn + "\": " + String.join(", ", violations));
        }
    }

    private record Policy(Level level, String version) {
        @Override
        public String toString() {
            return level.label() + ":" + version;
        }
    }

    private static Policy policy(Map<String, String> labels, String mode) {
        String text = labels.get(PREFIX + mode);
        Level level = text == null ? Level.PRIVILEGED : Level.parse(text).orElse(Level.RESTRICTED);
        return new Policy(level, labels.getOrDefault(PREFIX + mode + "-version", "latest"));
    }

    private static void validateLabels(AdmissionRequest request, ObjectNode namespace) {
        Map<String, String> labels = Fields.strings(namespace.path("metadata"), "labels");
        @Nullable ObjectNode old = request.oldObject();
        Map<String, String> before = old == null ? Map.of() : Fields.strings(old.path("metadata"), "labels");
        List<FieldError> errors = new ArrayList<>();
        for (String mode : new String[] {"enforce", "audit", "warn"}) {
            invalid(labels, before, PREFIX + mode, "must be one of privileged, baseline, restricted", Level.parse(labels.getOrDefault(PREFIX + mode, "privileged")).isPresent()).ifPresent(errors::add);
            String version = labels.getOrDefault(PREFIX + mode + "-version", "latest");
            invalid(labels, before, PREFIX + mode + "-version", "must be \"latest\" or \"v1.x\"", version.equals("latest") || version.matches("v1\\.(0|[1-9]\\d*)")).ifPresent(errors::add);
        }
        if (!errors.isEmpty()) {
            throw ApiException.invalid("", "Namespace", request.name(), errors);
        }
    }

    private static Optional<FieldError> invalid(Map<String, String> labels, Map<String, String> before, String label, String rule, boolean valid) {
        String value = labels.get(label);
        return valid || value == null || value.equals(before.get(label)) ? Optional.empty() : Optional.of(FieldError.invalid("metadata.labels[" + label + "]", value, rule));
    }
}
