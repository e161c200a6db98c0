package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The containers of a pod: regular, init (with sidecars) and ephemeral. */
final class ContainerValidation {
    private static final List<String> HANDLERS = List.of("lifecycle", "livenessProbe", "readinessProbe", "startupProbe");

    private final ObjectNode spec;
    private final Map<String, ObjectNode> volumes;
    private final FieldPath path;
    private final Errors errors;
    private final long gracePeriod;

    ContainerValidation(ObjectNode spec, Map<String, ObjectNode> volumes, FieldPath path, Errors errors) {
        this.spec = spec;
        this.volumes = volumes;
        this.path = path;
        this.errors = errors;
        this.gracePeriod = integer(spec, "terminationGracePeriodSeconds");
    }

    void validate() {
        regular();
        init();
        ephemeral();
    }

    private void regular() {
        List<ObjectNode> containers = items(spec, "containers");
        FieldPath field = path.child("containers");
        if (containers.isEmpty()) {
            errors.required(field, "");
            return;
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < containers.size(); i++) {
            ObjectNode container = containers.get(i);
            common(container, field.index(i));
            if (!names.add(text(container, "name"))) {
                errors.duplicate(field.index(i).child("name"), text(container, "name"));
            }
            ContainerHandlers.validate(container, gracePeriod, field.index(i), errors);
            Formats.optionalOneOf(field.index(i).child("restartPolicy"), text(container, "restartPolicy"), errors, "Always", "Never", "OnFailure");
        }
        hostPorts(containers, field, new HashSet<>());
    }

    private void init() {
        Set<String> names = new HashSet<>();
        items(spec, "containers").forEach(container -> names.add(text(container, "name")));
        List<ObjectNode> containers = items(spec, "initContainers");
        for (int i = 0; i < containers.size(); i++) {
            ObjectNode container = containers.get(i);
            FieldPath at = path.child("initContainers").index(i);
            common(container, at);
            String restart = text(container, "restartPolicy");
            Formats.optionalOneOf(at.child("restartPolicy"), restart, errors, "Always", "Never", "OnFailure");
            String name = text(container, "name");
            if (!name.isEmpty() && !names.add(name)) {
                errors.duplicate(at.child("name"), name);
            }
            hostPorts(List.of(container), path.child("initContainers"), new HashSet<>());
            if (restart.equals("Always")) {
                ContainerHandlers.validate(container, gracePeriod, at, errors);
                continue;
            }
            for (String handler : HANDLERS) {
                if (has(container, handler)) {
                    errors.forbidden(at.child(handler), "may not be set for init containers without restartPolicy=Always");
                }
            }
        }
    }

    private void ephemeral() {
        Set<String> others = new HashSet<>();
        items(spec, "containers").forEach(container -> others.add(text(container, "name")));
        items(spec, "initContainers").forEach(container -> others.add(text(container, "name")));
        Set<String> names = new HashSet<>(others);
        List<ObjectNode> containers = items(spec, "ephemeralContainers");
        for (int i = 0; i < containers.size(); i++) {
            ObjectNode container = containers.get(i);
            FieldPath at = path.child("ephemeralContainers").index(i);
            common(container, at);
            image(container, at, errors);
            if (!names.add(text(container, "name"))) {
                errors.duplicate(at.child("name"), text(container, "name"));
            }
            String target = text(container, "targetContainerName");
            if (!target.isEmpty() && !others.contains(target)) {
                errors.notFound(at.child("targetContainerName"), target);
            }
            for (String field : List.of("lifecycle", "livenessProbe", "readinessProbe", "startupProbe", "ports", "resources", "resizePolicy", "restartPolicy")) {
                if (has(container, field) && !(container.get(field).isContainerNode() && container.get(field).isEmpty())) {
                    errors.forbidden(at.child(field), "cannot be set for an Ephemeral Container");
                }
            }
            List<ObjectNode> mounts = items(container, "volumeMounts");
            for (int m = 0; m < mounts.size(); m++) {
                for (String field : List.of("subPath", "subPathExpr")) {
                    if (!text(mounts.get(m), field).isEmpty()) {
                        errors.forbidden(at.child("volumeMounts").index(m).child(field), "cannot be set for an Ephemeral Container");
                    }
                }
            }
        }
    }

    private void common(ObjectNode container, FieldPath at) {
        String name = text(container, "name");
        if (name.isEmpty()) {
            errors.required(at.child("name"), "");
        } else {
            errors.invalid(at.child("name"), name, Names.dnsLabel(name));
        }
        if (text(container, "image").isEmpty()) {
            errors.required(at.child("image"), "");
        }
        Formats.oneOf(at.child("terminationMessagePolicy"), text(container, "terminationMessagePolicy"), errors, "File", "FallbackToLogsOnError");
        ports(container, at.child("ports"));
        ContainerEnvironment.validate(container, at, errors);
        ContainerMounts.validate(container, volumes, at, errors);
        Formats.oneOf(at.child("imagePullPolicy"), text(container, "imagePullPolicy"), errors, "Always", "IfNotPresent", "Never");
        ResourceRequirements.validate(object(container, "resources"), at.child("resources"), errors);
        resizePolicy(container, at.child("resizePolicy"));
        SecurityContexts.container(object(container, "securityContext"), at.child("securityContext"), errors);
    }

    private void ports(ObjectNode container, FieldPath field) {
        Set<String> names = new HashSet<>();
        List<ObjectNode> ports = items(container, "ports");
        for (int i = 0; i < ports.size(); i++) {
            ObjectNode port = ports.get(i);
            FieldPath at = field.index(i);
            String name = text(port, "name");
            if (!name.isEmpty()) {
                List<String> problems = Names.portName(name);
                errors.invalid(at.child("name"), name, problems);
                if (problems.isEmpty() && !names.add(name)) {
                    errors.duplicate(at.child("name"), name);
                }
            }
            if (integer(port, "containerPort") == 0) {
                errors.required(at.child("containerPort"), "");
            } else {
                Formats.port(at.child("containerPort"), integer(port, "containerPort"), errors);
            }
            if (integer(port, "hostPort") != 0) {
                Formats.port(at.child("hostPort"), integer(port, "hostPort"), errors);
            }
            Formats.oneOf(at.child("protocol"), text(port, "protocol"), errors, "SCTP", "TCP", "UDP");
            if (!text(port, "hostIP").isEmpty()) {
                Formats.ip(at.child("hostIP"), text(port, "hostIP"), errors);
            }
        }
    }

    private void hostPorts(List<ObjectNode> containers, FieldPath field, Set<String> taken) {
        for (int c = 0; c < containers.size(); c++) {
            List<ObjectNode> ports = items(containers.get(c), "ports");
            for (int p = 0; p < ports.size(); p++) {
                ObjectNode port = ports.get(p);
                String key = text(port, "protocol") + "/" + text(port, "hostIP") + "/" + integer(port, "hostPort");
                if (integer(port, "hostPort") != 0 && !taken.add(key)) {
                    errors.duplicate(field.index(c).child("ports").index(p).child("hostPort"), key);
                }
            }
        }
    }

    private void resizePolicy(ObjectNode container, FieldPath field) {
        Set<String> resources = new HashSet<>();
        List<ObjectNode> policies = items(container, "resizePolicy");
        for (int i = 0; i < policies.size(); i++) {
            String resource = text(policies.get(i), "resourceName");
            String policy = text(policies.get(i), "restartPolicy");
            if (!resources.add(resource)) {
                errors.duplicate(field.index(i), resource);
            }
            Formats.oneOf(field, resource, errors, "cpu", "memory");
            Formats.oneOf(field, policy, errors, "NotRequired", "RestartContainer");
            if (text(spec, "restartPolicy").equals("Never") && !policy.equals("NotRequired")) {
                errors.invalid(field, policy, "must be 'NotRequired' when `restartPolicy` is 'Never'");
            }
        }
    }

    /** A rule for pods that templates need not keep. */
    static void image(ObjectNode container, FieldPath at, Errors errors) {
        String image = text(container, "image");
        if (image.length() != image.strip().length()) {
            errors.invalid(at.child("image"), image, "must not have leading or trailing whitespace");
        }
    }
}
