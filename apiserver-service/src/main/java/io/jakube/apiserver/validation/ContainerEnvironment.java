package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** {@code env} and {@code envFrom} of a container. */
final class ContainerEnvironment {
    private static final String ONE_AT_A_TIME = "may not have more than one field specified at a time";

    private ContainerEnvironment() {}

    static void validate(ObjectNode container, FieldPath path, Errors errors) {
        List<ObjectNode> variables = items(container, "env");
        for (int i = 0; i < variables.size(); i++) {
            FieldPath at = path.child("env").index(i);
            String name = text(variables.get(i), "name");
            if (name.isEmpty()) {
                errors.required(at.child("name"), "");
            } else {
                errors.invalid(at.child("name"), name, Names.environmentName(name));
            }
            ObjectNode source = object(variables.get(i), "valueFrom");
            if (source != null) {
                source(source, !text(variables.get(i), "value").isEmpty(), at.child("valueFrom"), errors);
            }
        }
        List<ObjectNode> sources = items(container, "envFrom");
        for (int i = 0; i < sources.size(); i++) {
            bulk(sources.get(i), path.child("envFrom"), i, errors);
        }
    }

    private static void source(ObjectNode source, boolean hasValue, FieldPath path, Errors errors) {
        int sources = 0;
        ObjectNode field = object(source, "fieldRef");
        if (field != null) {
            sources++;
            DownwardReferences.field(field, true, path.child("fieldRef"), errors);
        }
        ObjectNode resource = object(source, "resourceFieldRef");
        if (resource != null) {
            sources++;
            DownwardReferences.resource(resource, false, path.child("resourceFieldRef"), errors);
        }
        for (String kind : new String[] {"configMapKeyRef", "secretKeyRef"}) {
            ObjectNode key = object(source, kind);
            if (key != null) {
                sources++;
                key(key, path.child(kind), errors);
            }
        }
        if (object(source, "fileKeyRef") != null) {
            sources++;
        }
        if (sources == 0) {
            errors.invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
        } else if (hasValue) {
            errors.invalid(path, "", "may not be specified when `value` is not empty");
        } else if (sources > 1) {
            errors.invalid(path, "", ONE_AT_A_TIME);
        }
    }

    private static void key(ObjectNode reference, FieldPath path, Errors errors) {
        errors.invalid(path.child("name"), text(reference, "name"), Names.dnsSubdomain(text(reference, "name")));
        String key = text(reference, "key");
        if (key.isEmpty()) {
            errors.required(path.child("key"), "");
        } else {
            errors.invalid(path.child("key"), key, Names.configMapKey(key));
        }
    }

    private static void bulk(ObjectNode source, FieldPath path, int index, Errors errors) {
        FieldPath at = path.index(index);
        String prefix = text(source, "prefix");
        if (!prefix.isEmpty()) {
            errors.invalid(at.child("prefix"), prefix, Names.environmentName(prefix));
        }
        int sources = 0;
        for (String kind : new String[] {"configMapRef", "secretRef"}) {
            ObjectNode reference = object(source, kind);
            if (reference != null) {
                sources++;
                String name = text(reference, "name");
                if (name.isEmpty()) {
                    errors.required(at.child(kind, "name"), "");
                } else {
                    errors.invalid(at.child(kind, "name"), name, NameRule.DNS_SUBDOMAIN.check(name, true));
                }
            }
        }
        if (sources == 0) {
            errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
        } else if (sources > 1) {
            errors.invalid(path, "", ONE_AT_A_TIME);
        }
    }
}
