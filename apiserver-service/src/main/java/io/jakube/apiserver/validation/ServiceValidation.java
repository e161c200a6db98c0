package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Services (API reference, core/v1 ServiceSpec). */
public final class ServiceValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final int MAX_AFFINITY_SECONDS = 86400;
    private static final String LOAD_BALANCER_ONLY = "may only be used when `type` is 'LoadBalancer'";

    private ServiceValidation() {}

    public static void service(ObjectNode service, Errors errors) {
        ObjectNode spec = object(service, "spec") == null ? service.objectNode() : object(service, "spec");
        String type = text(spec, "type");
        boolean headless = text(spec, "clusterIP").equals("None");
        if (items(spec, "ports").isEmpty() && !headless && !type.equals("ExternalName")) {
            errors.required(SPEC.child("ports"), "");
        }
        Formats.oneOf(SPEC.child("type"), type, errors, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        switch (type) {
            case "LoadBalancer", "NodePort" -> {
                if (headless) {
                    errors.invalid(SPEC.child("clusterIPs").index(0), "None", "may not be set to 'None' for " + type + " services");
                }
            }
            case "ExternalName" -> externalName(spec, errors);
            default -> { }
        }
        ports(spec, type, headless, errors);
        MetadataValidation.labels(strings(spec, "selector"), SPEC.child("selector"), errors);
        affinity(spec, errors);
        clusterIps(spec, errors);
        externalIps(spec, errors);
        trafficPolicies(spec, type, errors);
        loadBalancer(spec, type, errors);
    }

    private static void externalName(ObjectNode spec, Errors errors) {
        for (String field : new String[] {"clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
            if (!empty(spec, field)) {
                errors.forbidden(SPEC.child(field), "may not be set for ExternalName services");
            }
        }
        String name = text(spec, "externalName");
        String stripped = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (stripped.isEmpty()) {
            errors.required(SPEC.child("externalName"), "");
        } else {
            errors.invalid(SPEC.child("externalName"), name, Names.dnsSubdomain(stripped));
        }
    }

    private static void ports(ObjectNode spec, String type, boolean headless, Errors errors) {
        Set<String> names = new HashSet<>();
        Set<String> nodePorts = new HashSet<>();
        Set<String> numbers = new HashSet<>();
        List<ObjectNode> ports = items(spec, "ports");
        for (int i = 0; i < ports.size(); i++) {
            ObjectNode port = ports.get(i);
            FieldPath at = SPEC.child("ports").index(i);
            port(port, ports.size() > 1, headless, names, at, errors);
            long nodePort = integer(port, "nodePort");
            String protocol = text(port, "protocol");
            if (nodePort != 0 && type.equals("ClusterIP")) {
                errors.forbidden(at.child("nodePort"), "may not be used when `type` is 'ClusterIP'");
            } else if (nodePort != 0 && !nodePorts.add(protocol + "/" + nodePort)) {
                errors.duplicate(at.child("nodePort"), nodePort);
            }
            if (!numbers.add(protocol + "/" + integer(port, "port"))) {
                errors.duplicate(at, "{\"Name\":\"\",\"Protocol\":\"" + protocol + "\",\"AppProtocol\":null,\"Port\":" + integer(port, "port") + ",\"TargetPort\":0,\"NodePort\":0}");
            }
        }
    }

    private static void port(ObjectNode port, boolean nameRequired, boolean headless, Set<String> names, FieldPath at, Errors errors) {
        String name = text(port, "name");
        if (nameRequired && name.isEmpty()) {
            errors.required(at.child("name"), "");
        } else if (!name.isEmpty()) {
            errors.invalid(at.child("name"), name, Names.dnsLabel(name));
            if (!names.add(name)) {
                errors.duplicate(at.child("name"), name);
            }
        }
        Formats.port(at.child("port"), integer(port, "port"), errors);
        Formats.oneOf(at.child("protocol"), text(port, "protocol"), errors, "SCTP", "TCP", "UDP");
        JsonNode target = port.get("targetPort");
        if (!headless || (target != null && (target.isTextual() || target.longValue() != 0))) {
            Formats.portNumberOrName(at.child("targetPort"), target, errors);
        }
        String application = text(port, "appProtocol");
        if (!application.isEmpty()) {
            errors.invalid(at.child("appProtocol"), application, Names.qualifiedName(application));
        }
    }

    private static void affinity(ObjectNode spec, Errors errors) {
        String affinity = text(spec, "sessionAffinity");
        Formats.oneOf(SPEC.child("sessionAffinity"), affinity, errors, "ClientIP", "None");
        ObjectNode config = object(spec, "sessionAffinityConfig");
        if (affinity.equals("ClientIP")) {
            FieldPath path = SPEC.child("sessionAffinityConfig", "clientIP", "timeoutSeconds");
            if (!has(object(config, "clientIP"), "timeoutSeconds")) {
                errors.required(path, "when session affinity type is ClientIP");
            } else {
                long seconds = integer(object(config, "clientIP"), "timeoutSeconds");
                if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
                    errors.invalid(path, seconds, "must be greater than 0 and less than " + MAX_AFFINITY_SECONDS);
                }
            }
        } else if (affinity.equals("None") && config != null) {
            errors.forbidden(SPEC.child("sessionAffinityConfig"), "must not be set when session affinity is None");
        }
    }

    /** The fields around cluster IPs, which must agree; also asked before an address is allocated. */
    public static void clusterIps(ObjectNode spec, Errors errors) {
        if (text(spec, "type").equals("ExternalName")) {
            return;
        }
        Formats.optionalOneOf(SPEC.child("ipFamilyPolicy"), text(spec, "ipFamilyPolicy"), errors, "PreferDualStack", "RequireDualStack", "SingleStack");
        families(spec, errors);
        String single = text(spec, "clusterIP");
        List<String> all = texts(spec, "clusterIPs");
        FieldPath path = SPEC.child("clusterIPs");
        if (!single.isEmpty() && all.isEmpty()) {
            errors.required(path, "must be set when `clusterIP` is specified");
        } else if (single.isEmpty() && !all.isEmpty()) {
            errors.invalid(path, spec.get("clusterIPs"), "must be empty when `clusterIP` is not specified");
        } else if (!all.isEmpty() && !all.getFirst().equals(single)) {
            errors.invalid(path, spec.get("clusterIPs"), "first value must match `clusterIP`");
        }
        if (all.size() > 2) {
            errors.invalid(path, spec.get("clusterIPs"), "may only hold up to 2 values");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            if (!seen.add(all.get(i))) {
                errors.duplicate(path.index(i), all.get(i));
            }
            if (all.get(i).equals("None")) {
                if (all.size() > 1) {
                    errors.invalid(path, spec.get("clusterIPs"), "'None' must be the first and only value");
                }
            } else if (!Formats.isIp(all.get(i))) {
                errors.invalid(path.index(i), all.get(i), "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
            } else {
                family(spec, i, all.get(i), path.index(i), errors);
            }
        }
    }

    private static void family(ObjectNode spec, int index, String address, FieldPath at, Errors errors) {
        List<String> families = texts(spec, "ipFamilies");
        if (index < families.size() && !families.get(index).equals(address.contains(":") ? "IPv6" : "IPv4")) {
            errors.invalid(at, address, "expected an " + families.get(index) + " value as indicated by `ipFamilies[" + index + "]`");
        }
    }

    private static void families(ObjectNode spec, Errors errors) {
        List<String> families = texts(spec, "ipFamilies");
        FieldPath path = SPEC.child("ipFamilies");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < families.size(); i++) {
            if (!families.get(i).equals("IPv4") && !families.get(i).equals("IPv6")) {
                errors.notSupported(path.index(i), families.get(i), "IPv4", "IPv6");
            }
            if (!seen.add(families.get(i))) {
                errors.duplicate(path.index(i), families.get(i));
            }
        }
        if (families.size() > 2) {
            errors.invalid(path, spec.get("ipFamilies"), "may only hold up to 2 values");
        }
    }

    private static void externalIps(ObjectNode spec, Errors errors) {
        List<String> addresses = texts(spec, "externalIPs");
        for (int i = 0; i < addresses.size(); i++) {
            FieldPath at = SPEC.child("externalIPs").index(i);
            Formats.ip(at, addresses.get(i), errors);
            Addresses.notSpecial(at, addresses.get(i), errors);
        }
    }

    private static void trafficPolicies(ObjectNode spec, String type, Errors errors) {
        boolean external = type.equals("NodePort") || type.equals("LoadBalancer") || (type.equals("ClusterIP") && !empty(spec, "externalIPs"));
        String policy = text(spec, "externalTrafficPolicy");
        if (!external) {
            if (!policy.isEmpty()) {
                errors.invalid(SPEC.child("externalTrafficPolicy"), policy, "may only be set for externally-accessible services");
            }
        } else if (policy.isEmpty()) {
            errors.required(SPEC.child("externalTrafficPolicy"), "");
        } else {
            Formats.oneOf(SPEC.child("externalTrafficPolicy"), policy, errors, "Cluster", "Local");
        }
        if (!type.equals("ExternalName") && has(spec, "internalTrafficPolicy")) {
            Formats.oneOf(SPEC.child("internalTrafficPolicy"), text(spec, "internalTrafficPolicy"), errors, "Cluster", "Local");
        }
        long health = integer(spec, "healthCheckNodePort");
        if (type.equals("LoadBalancer") && policy.equals("Local")) {
            if (health != 0) {
                Formats.port(SPEC.child("healthCheckNodePort"), health, errors);
            }
        } else if (health != 0) {
            errors.invalid(SPEC.child("healthCheckNodePort"), health, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
        Formats.optionalOneOf(SPEC.child("trafficDistribution"), text(spec, "trafficDistribution"), errors, "PreferClose", "PreferSameNode", "PreferSameZone");
    }

    private static void loadBalancer(ObjectNode spec, String type, Errors errors) {
        boolean balanced = type.equals("LoadBalancer");
        List<String> ranges = texts(spec, "loadBalancerSourceRanges");
        if (!ranges.isEmpty() && !balanced) {
            errors.forbidden(SPEC.child("loadBalancerSourceRanges"), LOAD_BALANCER_ONLY);
        }
        for (int i = 0; i < ranges.size(); i++) {
            Formats.cidr(SPEC.child("loadBalancerSourceRanges").index(i), ranges.get(i).strip(), errors);
        }
        if (has(spec, "allocateLoadBalancerNodePorts") && !balanced) {
            errors.forbidden(SPEC.child("allocateLoadBalancerNodePorts"), LOAD_BALANCER_ONLY);
        } else if (balanced && !has(spec, "allocateLoadBalancerNodePorts")) {
            errors.required(SPEC.child("allocateLoadBalancerNodePorts"), "field is required when `type` is 'LoadBalancer'");
        }
        if (has(spec, "loadBalancerClass")) {
            if (!balanced) {
                errors.forbidden(SPEC.child("loadBalancerClass"), LOAD_BALANCER_ONLY);
            }
            errors.invalid(SPEC.child("loadBalancerClass"), text(spec, "loadBalancerClass"), Names.qualifiedName(text(spec, "loadBalancerClass")));
        }
    }

    /** A cluster IP stays for as long as the service has one at all. */
    public static void serviceUpdate(ObjectNode service, ObjectNode old, Errors errors) {
        ObjectNode spec = object(service, "spec");
        ObjectNode oldSpec = object(old, "spec");
        if (text(spec, "type").equals("ExternalName") || text(oldSpec, "type").equals("ExternalName")) {
            return;
        }
        List<String> addresses = texts(spec, "clusterIPs");
        List<String> before = texts(oldSpec, "clusterIPs");
        FieldPath first = SPEC.child("clusterIPs").index(0);
        if (!before.isEmpty() && addresses.isEmpty()) {
            errors.invalid(first, shown(spec, "clusterIPs"), "primary clusterIP can not be unset");
        } else if (!before.isEmpty() && !before.getFirst().equals(addresses.getFirst())) {
            errors.invalid(first, shown(spec, "clusterIPs"), "may not change once set");
        }
        List<String> families = texts(spec, "ipFamilies");
        List<String> oldFamilies = texts(oldSpec, "ipFamilies");
        if (!oldFamilies.isEmpty() && !families.isEmpty() && !oldFamilies.getFirst().equals(families.getFirst())) {
            errors.invalid(SPEC.child("ipFamilies").index(0), shown(spec, "ipFamilies"), "may not change once set");
        }
        if (text(spec, "type").equals("LoadBalancer") && text(oldSpec, "type").equals("LoadBalancer")
                && !text(spec, "loadBalancerClass").equals(text(oldSpec, "loadBalancerClass"))) {
            errors.invalid(SPEC.child("loadBalancerClass"), text(spec, "loadBalancerClass"), "may not change once set");
        }
    }

    private static Object shown(@Nullable ObjectNode spec, String field) {
        return spec == null || spec.get(field) == null ? "null" : spec.get(field);
    }

    /** Addresses a load balancer reports. */
    public static void statusUpdate(ObjectNode service, ObjectNode old, Errors errors) {
        List<ObjectNode> ingresses = items(object(service, "status", "loadBalancer"), "ingress");
        boolean balanced = text(service, "spec", "type").equals("LoadBalancer");
        FieldPath path = FieldPath.of("status", "loadBalancer", "ingress");
        if (!balanced && !ingresses.isEmpty() && !ingresses.equals(items(object(old, "status", "loadBalancer"), "ingress"))) {
            errors.forbidden(path, "may only be used when `spec.type` is \"LoadBalancer\"");
            return;
        }
        for (int i = 0; i < ingresses.size(); i++) {
            String address = text(ingresses.get(i), "ip");
            String hostname = text(ingresses.get(i), "hostname");
            if (!address.isEmpty()) {
                Formats.ip(path.index(i).child("ip"), address, errors);
                if (!has(ingresses.get(i), "ipMode")) {
                    errors.required(path.index(i).child("ipMode"), "must be specified when `ip` is set");
                }
            }
            if (has(ingresses.get(i), "ipMode")) {
                if (address.isEmpty()) {
                    errors.forbidden(path.index(i).child("ipMode"), "may not be specified when `ip` is not set");
                }
                Formats.oneOf(path.index(i).child("ipMode"), text(ingresses.get(i), "ipMode"), errors, "Proxy", "VIP");
            }
            if (!hostname.isEmpty()) {
                errors.invalid(path.index(i).child("hostname"), hostname, Names.dnsSubdomain(hostname));
                if (Formats.isIp(hostname)) {
                    errors.invalid(path.index(i).child("hostname"), hostname, "must be a DNS name, not an IP address");
                }
            }
        }
    }
}
