package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** References from a pod to fields and resources of its own: the downward API. */
final class DownwardReferences {
    private static final String[] ENVIRONMENT = {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
        "status.hostIPs", "status.podIP", "status.podIPs"};
    private static final String[] FILES = {"metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"};
    private static final Set<String> KNOWN = Set.of("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.host",
            "spec.restartPolicy", "spec.serviceAccountName", "spec.schedulerName", "status.phase", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs");
    private static final String[] RESOURCES = {"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"};
    private static final Set<String> BYTE_DIVISORS = Set.of("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei");

    private DownwardReferences() {}

    /** @param environment whether the value goes to a variable rather than a file */
    static void field(ObjectNode reference, boolean environment, FieldPath path, Errors errors) {
        String name = text(reference, "fieldPath");
        if (text(reference, "apiVersion").isEmpty()) {
            errors.required(path.child("apiVersion"), "");
            return;
        }
        if (name.isEmpty()) {
            errors.required(path.child("fieldPath"), "");
            return;
        }
        if (!text(reference, "apiVersion").equals("v1")) {
            errors.invalid(path.child("fieldPath"), name, "error converting fieldPath: unsupported pod version: " + text(reference, "apiVersion"));
            return;
        }
        int bracket = name.endsWith("']") ? name.indexOf("['") : -1;
        String base = bracket < 0 ? name : name.substring(0, bracket);
        if (!KNOWN.contains(base)) {
            errors.invalid(path.child("fieldPath"), name, "error converting fieldPath: field label not supported: " + base);
        } else if (bracket >= 0) {
            String subscript = name.substring(bracket + 2, name.length() - 2);
            switch (base) {
                case "metadata.annotations" -> errors.invalid(path, subscript.toLowerCase(Locale.ROOT), Names.qualifiedName(subscript.toLowerCase(Locale.ROOT)));
                case "metadata.labels" -> errors.invalid(path, subscript, Names.qualifiedName(subscript));
                default -> errors.invalid(path, base, "does not support subscript");
            }
        } else {
            String meant = base.equals("spec.host") ? "spec.nodeName" : base;
            String[] supported = environment ? ENVIRONMENT : FILES;
            if (!List.of(supported).contains(meant)) {
                errors.notSupported(path.child("fieldPath"), meant, supported);
            }
        }
    }

    /** @param volume whether the container must be named */
    static void resource(ObjectNode reference, boolean volume, FieldPath path, Errors errors) {
        String resource = text(reference, "resource");
        boolean hugePages = resource.startsWith("requests.hugepages-") || resource.startsWith("limits.hugepages-");
        if (volume && text(reference, "containerName").isEmpty()) {
            errors.required(path.child("containerName"), "");
        } else if (resource.isEmpty()) {
            errors.required(path.child("resource"), "");
        } else if (!hugePages && !List.of(RESOURCES).contains(resource)) {
            errors.notSupported(path.child("resource"), resource, RESOURCES);
        }
        Formats.quantity(path.child("divisor"), reference.get("divisor"), errors).filter(divisor -> divisor.signum() != 0)
                .ifPresent(divisor -> divisor(resource, divisor.toString(), path.child("divisor"), errors));
    }

    private static void divisor(String resource, String divisor, FieldPath path, Errors errors) {
        if (resource.endsWith(".cpu")) {
            if (!divisor.equals("1") && !divisor.equals("1m")) {
                errors.invalid(path, resource, "only divisor's values 1m and 1 are supported with the cpu resource");
            }
        } else if (!BYTE_DIVISORS.contains(divisor)) {
            String what = resource.endsWith(".memory") ? "memory" : resource.endsWith("ephemeral-storage") ? "local ephemeral storage" : "hugepages";
            errors.invalid(path, resource, "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the " + what + " resource");
        }
    }
}
