package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.validation.Errors;
import io.jakube.apiserver.validation.FieldPath;
import io.jakube.apiserver.validation.ServiceValidation;
import io.jakube.common.json.Fields;
import io.jakube.common.status.ApiException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fills {@code ipFamilyPolicy} and {@code ipFamilies} of services in a cluster whose services have IPv4 addresses only (KEP-563). */
final class IpFamilies {
    private static final FieldPath POLICY = FieldPath.of("spec", "ipFamilyPolicy");

    private IpFamilies() {}

    /** @param old spec before an update; null on create. @throws ApiException 422 where the service asks for what this cluster has not */
    static void complete(ObjectNode service, @Nullable ObjectNode old) {
        ObjectNode spec = Fields.ensureObject(service, "spec");
        if (text(spec, "type").equals("ExternalName")) {
            return;
        }
        boolean headlessWithoutSelector = text(spec, "clusterIP").equals("None") && empty(spec, "selector");
        if (text(spec, "ipFamilyPolicy").isEmpty()) {
            String before = text(old, "ipFamilyPolicy");
            spec.put("ipFamilyPolicy", !before.isEmpty() ? before : headlessWithoutSelector ? "RequireDualStack" : "SingleStack");
        }
        Errors errors = new Errors();
        ServiceValidation.clusterIps(spec, errors);
        refuse(service, errors);
        boolean single = text(spec, "ipFamilyPolicy").equals("SingleStack");
        if (single && texts(spec, "clusterIPs").size() == 2) {
            errors.invalid(POLICY, "SingleStack", "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified");
        }
        if (single && texts(spec, "ipFamilies").size() == 2) {
            errors.invalid(POLICY, "SingleStack", "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified");
        }
        inferFromAddresses(spec, errors);
        refuse(service, errors);
        if (headlessWithoutSelector) {
            completeHeadless(spec, single);
            return;
        }
        if (text(spec, "ipFamilyPolicy").equals("RequireDualStack")) {
            errors.invalid(POLICY, "RequireDualStack", "this cluster is not configured for dual-stack services");
        }
        List<String> families = texts(spec, "ipFamilies");
        for (int i = 0; i < families.size(); i++) {
            if (!families.get(i).equals("IPv4")) {
                errors.invalid(FieldPath.of("spec", "ipFamilies").index(i), families.get(i), "not configured on this cluster");
            }
        }
        refuse(service, errors);
        if (families.isEmpty()) {
            spec.putArray("ipFamilies").add("IPv4");
        }
    }

    private static void inferFromAddresses(ObjectNode spec, Errors errors) {
        List<String> addresses = texts(spec, "clusterIPs");
        for (int i = 0; i < addresses.size() && !addresses.get(i).equals("None"); i++) {
            if (i >= texts(spec, "ipFamilies").size()) {
                if (addresses.get(i).contains(":")) {
                    errors.invalid(FieldPath.of("spec", "clusterIPs").index(i), spec.get("clusterIPs"), "IPv6 is not configured on this cluster");
                } else {
                    Fields.ensureArray(spec, "ipFamilies").add("IPv4");
                }
            }
        }
    }

    /** A headless service without selector may have addresses of both families, wherever they come from. */
    private static void completeHeadless(ObjectNode spec, boolean single) {
        ArrayNode families = Fields.ensureArray(spec, "ipFamilies");
        if (families.isEmpty()) {
            families.add("IPv4");
        }
        if (families.size() < 2 && !single) {
            families.add(families.get(0).asText().equals("IPv4") ? "IPv6" : "IPv4");
        }
    }

    private static void refuse(ObjectNode service, Errors errors) {
        if (!errors.isEmpty()) {
            throw ApiException.invalid("", "Service", text(service, "metadata", "name"), errors.list());
        }
    }
}
