package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code networking.k8s.io}. */
public final class NetworkValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");

    private NetworkValidation() {}

    public static void networkPolicy(ObjectNode policy, Errors errors) {
        ObjectNode spec = object(policy, "spec");
        SelectorValidation.selector(object(spec, "podSelector"), SPEC.child("podSelector"), errors);
        for (String direction : new String[] {"ingress", "egress"}) {
            List<ObjectNode> rules = items(spec, direction);
            for (int i = 0; i < rules.size(); i++) {
                FieldPath at = SPEC.child(direction).index(i);
                policyPorts(rules.get(i), at.child("ports"), errors);
                String peers = direction.equals("ingress") ? "from" : "to";
                List<ObjectNode> list = items(rules.get(i), peers);
                for (int p = 0; p < list.size(); p++) {
                    peer(list.get(p), at.child(peers).index(p), errors);
                }
            }
        }
        List<String> types = texts(spec, "policyTypes");
        if (types.size() > 2) {
            errors.invalid(SPEC.child("policyTypes"), spec == null ? null : spec.get("policyTypes"), "may not specify more than two policyTypes");
            return;
        }
        for (int i = 0; i < types.size(); i++) {
            if (!types.get(i).equals("Ingress") && !types.get(i).equals("Egress")) {
                errors.notSupported(SPEC.child("policyTypes").index(i), types.get(i), "Egress", "Ingress");
            }
        }
    }

    private static void policyPorts(ObjectNode rule, FieldPath path, Errors errors) {
        List<ObjectNode> ports = items(rule, "ports");
        for (int i = 0; i < ports.size(); i++) {
            ObjectNode port = ports.get(i);
            FieldPath at = path.index(i);
            Formats.optionalOneOf(at.child("protocol"), text(port, "protocol"), errors, "SCTP", "TCP", "UDP");
            JsonNode number = port.get("port");
            if (number == null || number.isNull()) {
                if (has(port, "endPort")) {
                    errors.invalid(at.child("endPort"), integer(port, "endPort"), "may not be specified when `port` is not specified");
                }
            } else {
                Formats.portNumberOrName(at.child("port"), number, errors);
                if (has(port, "endPort")) {
                    long end = integer(port, "endPort");
                    if (number.isTextual()) {
                        errors.invalid(at.child("endPort"), end, "may not be specified when `port` is non-numeric");
                    } else {
                        if (end < number.longValue()) {
                            errors.invalid(at.child("endPort"), end, "must be greater than or equal to `port`");
                        }
                        Formats.port(at.child("endPort"), end, errors);
                    }
                }
            }
        }
    }

    private static void peer(ObjectNode peer, FieldPath at, Errors errors) {
        SelectorValidation.selector(object(peer, "podSelector"), at.child("podSelector"), errors);
        SelectorValidation.selector(object(peer, "namespaceSelector"), at.child("namespaceSelector"), errors);
        boolean selects = has(peer, "podSelector") || has(peer, "namespaceSelector");
        ObjectNode block = object(peer, "ipBlock");
        if (block != null) {
            String cidr = text(block, "cidr");
            if (cidr.isEmpty()) {
                errors.required(at.child("ipBlock", "cidr"), "");
            } else {
                Formats.cidr(at.child("ipBlock", "cidr"), cidr, errors);
            }
            List<String> excepted = texts(block, "except");
            for (int i = 0; i < excepted.size(); i++) {
                Formats.cidr(at.child("ipBlock", "except").index(i), excepted.get(i), errors);
            }
            if (selects) {
                errors.forbidden(at, "may not specify both ipBlock and another peer");
            }
        } else if (!selects) {
            errors.required(at, "must specify a peer");
        }
    }

    public static void ingress(ObjectNode ingress, Errors errors) {
        ObjectNode spec = object(ingress, "spec");
        List<ObjectNode> rules = items(spec, "rules");
        if (rules.isEmpty() && !has(spec, "defaultBackend")) {
            errors.invalid(SPEC, texts(spec, "rules"), "either `defaultBackend` or `rules` must be specified");
        }
        backend(object(spec, "defaultBackend"), SPEC.child("defaultBackend"), errors);
        for (int i = 0; i < rules.size(); i++) {
            FieldPath at = SPEC.child("rules").index(i);
            host(text(rules.get(i), "host"), at.child("host"), errors);
            ObjectNode http = object(rules.get(i), "http");
            if (http != null) {
                paths(http, at.child("http", "paths"), errors);
            }
        }
        List<ObjectNode> tls = items(spec, "tls");
        for (int i = 0; i < tls.size(); i++) {
            List<String> hosts = texts(tls.get(i), "hosts");
            for (int h = 0; h < hosts.size(); h++) {
                host(hosts.get(h), SPEC.child("tls").index(i).child("hosts").index(h), errors);
            }
        }
        if (has(spec, "ingressClassName")) {
            String name = text(spec, "ingressClassName");
            errors.invalid(SPEC.child("ingressClassName"), name, Names.dnsSubdomain(name));
        }
    }

    private static void host(String host, FieldPath path, Errors errors) {
        if (host.isEmpty()) {
            return;
        }
        if (Formats.isIp(host)) {
            errors.invalid(path, host, "must be a DNS name, not an IP address");
        } else if (host.contains("*")) {
            if (!host.startsWith("*.") || !Names.isDnsSubdomain(host.substring(2))) {
                String label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
                errors.invalid(path, host, "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, "
                        + "'-' or '.' and end with an alphanumeric character" + Names.regex("\\*\\." + label + "(\\." + label + ")*", "*.example.com"));
            }
        } else {
            errors.invalid(path, host, Names.dnsSubdomain(host));
        }
    }

    private static void paths(ObjectNode http, FieldPath path, Errors errors) {
        List<ObjectNode> paths = items(http, "paths");
        if (paths.isEmpty()) {
            errors.required(path, "");
        }
        for (int i = 0; i < paths.size(); i++) {
            FieldPath at = path.index(i);
            String value = text(paths.get(i), "path");
            String type = text(paths.get(i), "pathType");
            switch (type) {
                case "" -> errors.required(at.child("pathType"), "pathType must be specified");
                case "Exact", "Prefix" -> {
                    if (!value.startsWith("/")) {
                        errors.invalid(at.child("path"), value, "must be an absolute path");
                    }
                    for (String sequence : List.of("//", "/./", "/../", "%2f", "%2F")) {
                        if (value.contains(sequence)) {
                            errors.invalid(at.child("path"), value, "must not contain '" + sequence + "'");
                        }
                    }
                    for (String suffix : List.of("/..", "/.")) {
                        if (value.endsWith(suffix)) {
                            errors.invalid(at.child("path"), value, "cannot end with '" + suffix + "'");
                        }
                    }
                }
                case "ImplementationSpecific" -> {
                    if (!value.isEmpty() && !value.startsWith("/")) {
                        errors.invalid(at.child("path"), value, "must be an absolute path");
                    }
                }
                default -> errors.notSupported(at.child("pathType"), type, "Exact", "ImplementationSpecific", "Prefix");
            }
            backend(object(paths.get(i), "backend"), at.child("backend"), errors);
        }
    }

    private static void backend(@Nullable ObjectNode backend, FieldPath path, Errors errors) {
        if (backend == null) {
            return;
        }
        ObjectNode service = object(backend, "service");
        boolean resource = has(backend, "resource");
        if (resource && service != null) {
            errors.invalid(path, "", "cannot set both resource and service backends");
        } else if (!resource) {
            String name = text(service, "name");
            if (name.isEmpty()) {
                errors.required(path.child("service", "name"), "");
            } else {
                errors.invalid(path.child("service", "name"), name, Names.dns1035Label(name));
            }
            ObjectNode port = object(service, "port");
            String portName = text(port, "name");
            long number = integer(port, "number");
            if (!portName.isEmpty() && number != 0) {
                errors.invalid(path, "", "cannot set both port name & port number");
            } else if (!portName.isEmpty()) {
                errors.invalid(path.child("service", "port", "name"), portName, Names.portName(portName));
            } else if (number != 0) {
                Formats.port(path.child("service", "port", "number"), number, errors);
            } else {
                errors.required(path, "port name or number is required");
            }
        }
    }

    public static void ingressClass(ObjectNode ingressClass, Errors errors) {
        String controller = text(ingressClass, "spec", "controller");
        if (controller.isEmpty()) {
            errors.required(SPEC.child("controller"), "");
        } else if (controller.length() > 250) {
            errors.tooLong(SPEC.child("controller"), 250);
        } else if (controller.indexOf('/') <= 0 || controller.endsWith("/")) {
            errors.invalid(SPEC.child("controller"), controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        }
    }

    public static void ingressClassUpdate(ObjectNode ingressClass, ObjectNode old, Errors errors) {
        errors.immutable(SPEC.child("controller"), object(ingressClass, "spec") == null ? null : ingressClass.get("spec").get("controller"),
                object(old, "spec") == null ? null : old.get("spec").get("controller"));
    }

    public static void ipAddress(ObjectNode address, Errors errors) {
        String name = text(address, "metadata", "name");
        if (!Formats.isIp(name)) {
            errors.invalid(FieldPath.of("metadata", "name"), name, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
        ObjectNode parent = object(address, "spec", "parentRef");
        FieldPath path = SPEC.child("parentRef");
        if (parent == null) {
            errors.required(path, "");
            return;
        }
        for (String field : new String[] {"resource", "name"}) {
            if (text(parent, field).isEmpty()) {
                errors.required(path.child(field), "");
            }
        }
    }

    public static void ipAddressUpdate(ObjectNode address, ObjectNode old, Errors errors) {
        errors.immutable(SPEC.child("parentRef"), object(address, "spec", "parentRef"), object(old, "spec", "parentRef"));
    }

    public static void serviceCidr(ObjectNode range, Errors errors) {
        List<String> cidrs = texts(object(range, "spec"), "cidrs");
        if (cidrs.isEmpty()) {
            errors.required(SPEC.child("cidrs"), "at least one CIDR required");
        }
        if (cidrs.size() > 2) {
            errors.invalid(SPEC, object(range, "spec"), "may only hold up to 2 values");
        }
        for (int i = 0; i < cidrs.size(); i++) {
            Formats.cidr(SPEC.child("cidrs").index(i), cidrs.get(i), errors);
        }
    }

    public static void serviceCidrUpdate(ObjectNode range, ObjectNode old, Errors errors) {
        errors.immutable(SPEC.child("cidrs"), object(range, "spec") == null ? null : range.get("spec").get("cidrs"), object(old, "spec") == null ? null : old.get("spec").get("cidrs"));
    }

    public static void endpointSlice(ObjectNode slice, Errors errors) {
        String type = text(slice, "addressType");
        Formats.oneOf(FieldPath.of("addressType"), type, errors, "FQDN", "IPv4", "IPv6");
        List<ObjectNode> endpoints = items(slice, "endpoints");
        if (endpoints.size() > 1000) {
            errors.tooMany(FieldPath.of("endpoints"), endpoints.size(), 1000);
            return;
        }
        for (int i = 0; i < endpoints.size(); i++) {
            endpoint(endpoints.get(i), type, FieldPath.of("endpoints").index(i), errors);
        }
        List<ObjectNode> ports = items(slice, "ports");
        if (ports.size() > 20000) {
            errors.tooMany(FieldPath.of("ports"), ports.size(), 20000);
            return;
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            FieldPath at = FieldPath.of("ports").index(i);
            String name = text(ports.get(i), "name");
            if (!name.isEmpty()) {
                errors.invalid(at.child("name"), name, Names.dnsLabel(name));
            }
            if (!names.add(name)) {
                errors.duplicate(at.child("name"), name);
            }
            Formats.oneOf(at.child("protocol"), text(ports.get(i), "protocol"), errors, "SCTP", "TCP", "UDP");
        }
    }

    private static void endpoint(ObjectNode endpoint, String type, FieldPath at, Errors errors) {
        List<String> addresses = texts(endpoint, "addresses");
        if (addresses.isEmpty()) {
            errors.required(at.child("addresses"), "must contain at least 1 address");
        } else if (addresses.size() > 100) {
            errors.tooMany(at.child("addresses"), addresses.size(), 100);
        }
        for (int a = 0; a < addresses.size(); a++) {
            FieldPath path = at.child("addresses").index(a);
            String address = addresses.get(a);
            switch (type) {
                case "IPv4" -> {
                    if (!Formats.isIpv4(address)) {
                        errors.invalid(path, address, "must be an IPv4 address");
                    }
                    Addresses.notSpecial(path, address, errors);
                }
                case "IPv6" -> {
                    if (!Formats.isIpv6(address)) {
                        errors.invalid(path, address, "must be an IPv6 address");
                    }
                    Addresses.notSpecial(path, address, errors);
                }
                case "FQDN" -> errors.invalid(path, address, Names.dnsSubdomain(address));
                default -> { }
            }
        }
        for (String field : new String[] {"nodeName", "hostname"}) {
            String name = text(endpoint, field);
            if (!name.isEmpty()) {
                errors.invalid(at.child(field), name, field.equals("hostname") ? Names.dnsLabel(name) : Names.dnsSubdomain(name));
            }
        }
    }

    public static void endpointSliceUpdate(ObjectNode slice, ObjectNode old, Errors errors) {
        errors.immutable(FieldPath.of("addressType"), slice.get("addressType"), old.get("addressType"));
    }

    public static void endpoints(ObjectNode endpoints, Errors errors) {
        List<ObjectNode> subsets = items(endpoints, "subsets");
        for (int s = 0; s < subsets.size(); s++) {
            FieldPath at = FieldPath.of("subsets").index(s);
            if (items(subsets.get(s), "addresses").isEmpty() && items(subsets.get(s), "notReadyAddresses").isEmpty()) {
                errors.required(at, "must specify `addresses` or `notReadyAddresses`");
            }
            for (String list : new String[] {"addresses", "notReadyAddresses"}) {
                List<ObjectNode> addresses = items(subsets.get(s), list);
                for (int a = 0; a < addresses.size(); a++) {
                    FieldPath ip = at.child(list).index(a).child("ip");
                    Formats.ip(ip, text(addresses.get(a), "ip"), errors);
                    Addresses.notSpecial(ip, text(addresses.get(a), "ip"), errors);
                }
            }
            List<ObjectNode> ports = items(subsets.get(s), "ports");
            for (int p = 0; p < ports.size(); p++) {
                FieldPath port = at.child("ports").index(p);
                String name = text(ports.get(p), "name");
                if (ports.size() > 1 && name.isEmpty()) {
                    errors.required(port.child("name"), "");
                } else if (!name.isEmpty()) {
                    errors.invalid(port.child("name"), name, Names.dnsLabel(name));
                }
                Formats.port(port.child("port"), integer(ports.get(p), "port"), errors);
                Formats.oneOf(port.child("protocol"), text(ports.get(p), "protocol"), errors, "SCTP", "TCP", "UDP");
            }
        }
    }
}
