package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultInteger;
import static io.jakube.common.json.Fields.defaultNonZero;
import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Types that extend the server itself: admission registration, custom resources, aggregated APIs, flow control. */
final class ExtensionDefaults {
    private static final int HTTPS_PORT = 443;

    private ExtensionDefaults() {}

    static void webhookConfiguration(ObjectNode configuration, boolean mutating) {
        for (ObjectNode webhook : items(configuration, "webhooks")) {
            defaultText(webhook, "failurePolicy", "Fail");
            defaultText(webhook, "matchPolicy", "Equivalent");
            ensureObject(webhook, "namespaceSelector");
            ensureObject(webhook, "objectSelector");
            defaultInteger(webhook, "timeoutSeconds", 10);
            if (mutating) {
                defaultText(webhook, "reinvocationPolicy", "Never");
            }
            servicePort(object(webhook, "clientConfig", "service"));
            items(webhook, "rules").forEach(rule -> defaultText(rule, "scope", "*"));
        }
    }

    static void admissionPolicy(ObjectNode policy) {
        ObjectNode spec = ensureObject(policy, "spec");
        defaultText(spec, "failurePolicy", "Fail");
        matchResources(object(spec, "matchConstraints"));
    }

    static void admissionPolicyBinding(ObjectNode binding) {
        matchResources(object(binding, "spec", "matchResources"));
    }

    private static void matchResources(@Nullable ObjectNode match) {
        if (match != null) {
            defaultText(match, "matchPolicy", "Equivalent");
            ensureObject(match, "namespaceSelector");
            ensureObject(match, "objectSelector");
            items(match, "resourceRules").forEach(rule -> defaultText(rule, "scope", "*"));
            items(match, "excludeResourceRules").forEach(rule -> defaultText(rule, "scope", "*"));
        }
    }

    static void customResourceDefinition(ObjectNode definition) {
        ObjectNode spec = ensureObject(definition, "spec");
        ObjectNode names = ensureObject(spec, "names");
        String kind = text(names, "kind");
        if (!kind.isEmpty()) {
            defaultText(names, "singular", kind.toLowerCase(Locale.ROOT));
            defaultText(names, "listKind", kind + "List");
        }
        if (!has(spec, "conversion")) {
            spec.putObject("conversion").put("strategy", "None");
        }
        servicePort(object(object(spec, "conversion", "webhook"), "clientConfig", "service"));
    }

    static void apiService(ObjectNode apiService) {
        servicePort(object(apiService, "spec", "service"));
    }

    private static void servicePort(@Nullable ObjectNode service) {
        if (service != null) {
            defaultInteger(service, "port", HTTPS_PORT);
        }
    }

    static void flowSchema(ObjectNode schema) {
        defaultNonZero(ensureObject(schema, "spec"), "matchingPrecedence", 1000);
    }

    static void priorityLevel(ObjectNode level) {
        ObjectNode spec = ensureObject(level, "spec");
        ObjectNode exempt = object(spec, "exempt");
        if (exempt != null) {
            defaultInteger(exempt, "nominalConcurrencyShares", 0);
            defaultInteger(exempt, "lendablePercent", 0);
        }
        ObjectNode limited = object(spec, "limited");
        if (limited != null) {
            defaultInteger(limited, "nominalConcurrencyShares", 30);
            defaultInteger(limited, "lendablePercent", 0);
            ObjectNode queuing = object(limited, "limitResponse", "queuing");
            if (queuing != null) {
                defaultInteger(queuing, "queues", 64);
                defaultInteger(queuing, "handSize", 8);
                defaultInteger(queuing, "queueLengthLimit", 50);
            }
        }
    }
}
