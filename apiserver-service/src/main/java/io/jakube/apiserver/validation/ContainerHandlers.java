package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Probes and lifecycle hooks of a container. */
final class ContainerHandlers {
    private static final List<String> PROBE_HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc");
    private static final List<String> HOOK_HANDLERS = List.of("exec", "httpGet", "tcpSocket", "sleep");

    private ContainerHandlers() {}

    static void validate(ObjectNode container, long gracePeriod, FieldPath path, Errors errors) {
        ObjectNode lifecycle = object(container, "lifecycle");
        for (String hook : new String[] {"postStart", "preStop"}) {
            ObjectNode handler = object(lifecycle, hook);
            if (handler != null) {
                handler(handler, HOOK_HANDLERS, gracePeriod, path.child("lifecycle", hook), errors);
            }
        }
        probe(object(container, "livenessProbe"), true, path.child("livenessProbe"), errors);
        ObjectNode readiness = object(container, "readinessProbe");
        probe(readiness, false, path.child("readinessProbe"), errors);
        if (has(readiness, "terminationGracePeriodSeconds")) {
            errors.invalid(path.child("readinessProbe", "terminationGracePeriodSeconds"), integer(readiness, "terminationGracePeriodSeconds"), "must not be set for readinessProbes");
        }
        probe(object(container, "startupProbe"), true, path.child("startupProbe"), errors);
    }

    private static void probe(@Nullable ObjectNode probe, boolean oneSuccess, FieldPath path, Errors errors) {
        if (probe == null) {
            return;
        }
        handler(probe, PROBE_HANDLERS, 0, path, errors);
        for (String number : new String[] {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"}) {
            errors.notNegative(path.child(number), integer(probe, number));
        }
        if (has(probe, "terminationGracePeriodSeconds") && integer(probe, "terminationGracePeriodSeconds") <= 0) {
            errors.invalid(path.child("terminationGracePeriodSeconds"), integer(probe, "terminationGracePeriodSeconds"), "must be greater than 0");
        }
        if (oneSuccess && integer(probe, "successThreshold") != 1) {
            errors.invalid(path.child("successThreshold"), integer(probe, "successThreshold"), "must be 1");
        }
    }

    private static void handler(ObjectNode handler, List<String> kinds, long gracePeriod, FieldPath path, Errors errors) {
        int handlers = 0;
        for (String kind : kinds) {
            ObjectNode action = object(handler, kind);
            if (action == null) {
                continue;
            }
            if (handlers++ > 0) {
                errors.forbidden(path.child(kind), "may not specify more than 1 handler type");
            } else {
                action(kind, action, gracePeriod, path.child(kind), errors);
            }
        }
        if (handlers == 0) {
            errors.required(path, "must specify a handler type");
        }
    }

    private static void action(String kind, ObjectNode action, long gracePeriod, FieldPath path, Errors errors) {
        switch (kind) {
            case "exec" -> {
                if (empty(action, "command")) {
                    errors.required(path.child("command"), "");
                }
            }
            case "httpGet" -> httpGet(action, path, errors);
            case "tcpSocket" -> Formats.portNumberOrName(path.child("port"), action.get("port"), errors);
            case "grpc" -> Formats.portNumberOrName(path.child("port"), IntNode.valueOf((int) integer(action, "port")), errors);
            case "sleep" -> {
                long seconds = integer(action, "seconds");
                if (seconds < 0 || seconds > gracePeriod) {
                    errors.invalid(path, seconds, "must be non-negative and less than terminationGracePeriodSeconds (" + gracePeriod + ")");
                }
            }
            default -> throw new IllegalArgumentException("unknown handler " + kind);
        }
    }

    private static void httpGet(ObjectNode action, FieldPath path, Errors errors) {
        if (text(action, "path").isEmpty()) {
            errors.required(path.child("path"), "");
        }
        Formats.portNumberOrName(path.child("port"), action.get("port"), errors);
        if (!text(action, "scheme").equals("HTTP") && !text(action, "scheme").equals("HTTPS")) {
            errors.notSupported(path.child("scheme"), text(action, "scheme"), "HTTP", "HTTPS");
        }
        for (ObjectNode header : items(action, "httpHeaders")) {
            Formats.httpHeader(path.child("httpHeaders"), text(header, "name"), errors);
        }
    }
}
