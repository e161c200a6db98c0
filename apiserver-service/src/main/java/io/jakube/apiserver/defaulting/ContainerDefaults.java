package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultNonZero;
import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import org.jspecify.annotations.Nullable;

/** Containers of every sort (API reference, core/v1 Container). */
final class ContainerDefaults {
    private ContainerDefaults() {}

    static void container(ObjectNode container) {
        defaultText(container, "imagePullPolicy", pullPolicy(text(container, "image")));
        defaultText(container, "terminationMessagePath", "/dev/termination-log");
        defaultText(container, "terminationMessagePolicy", "File");
        items(container, "ports").forEach(port -> defaultText(port, "protocol", "TCP"));
        items(container, "env").forEach(variable -> environment(object(variable, "valueFrom")));
        Quantities.requirements(ensureObject(container, "resources"));
        probe(object(container, "livenessProbe"));
        probe(object(container, "readinessProbe"));
        probe(object(container, "startupProbe"));
        ObjectNode lifecycle = object(container, "lifecycle");
        httpGet(object(lifecycle, "postStart", "httpGet"));
        httpGet(object(lifecycle, "preStop", "httpGet"));
    }

    /** Always for the tag {@code latest}, given or implied; IfNotPresent for other tags and for digests. */
    static String pullPolicy(String image) {
        return !image.isEmpty() && tag(image).equals("latest") ? "Always" : "IfNotPresent";
    }

    private static String tag(String image) {
        int at = image.indexOf('@');
        String reference = at < 0 ? image : image.substring(0, at);
        int colon = reference.lastIndexOf(':');
        if (colon > reference.lastIndexOf('/')) {
            return reference.substring(colon + 1);
        }
        return at < 0 ? "latest" : "";
    }

    private static void environment(@Nullable ObjectNode source) {
        fieldRef(object(source, "fieldRef"));
        divisor(object(source, "resourceFieldRef"));
        ObjectNode file = object(source, "fileKeyRef");
        if (file != null) {
            Fields.defaultFlag(file, "optional", false);
        }
    }

    static void fieldRef(@Nullable ObjectNode reference) {
        if (reference != null) {
            defaultText(reference, "apiVersion", "v1");
        }
    }

    static void divisor(@Nullable ObjectNode reference) {
        if (reference != null) {
            Quantities.canonical(reference, "divisor");
            if (!reference.hasNonNull("divisor")) {
                reference.put("divisor", "0");
            }
        }
    }

    private static void probe(@Nullable ObjectNode probe) {
        if (probe == null) {
            return;
        }
        defaultNonZero(probe, "timeoutSeconds", 1);
        defaultNonZero(probe, "periodSeconds", 10);
        defaultNonZero(probe, "successThreshold", 1);
        defaultNonZero(probe, "failureThreshold", 3);
        httpGet(object(probe, "httpGet"));
        ObjectNode grpc = object(probe, "grpc");
        if (grpc != null && !Fields.has(grpc, "service")) {
            grpc.put("service", "");
        }
    }

    private static void httpGet(@Nullable ObjectNode action) {
        if (action != null) {
            defaultText(action, "path", "/");
            defaultText(action, "scheme", "HTTP");
        }
    }
}
