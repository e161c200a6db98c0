package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.flag;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.util.List;
import java.util.Map;

/** Pods and pod templates (API reference, core/v1 PodSpec). */
public final class PodValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");

    private PodValidation() {}

    /** A new pod. */
    public static void create(ObjectNode pod, Errors errors) {
        pod(pod, errors);
        if (!items(pod.get("spec"), "ephemeralContainers").isEmpty()) {
            errors.forbidden(SPEC.child("ephemeralContainers"), "cannot be set on create");
        }
    }

    /** A pod, whether new or changed. */
    static void pod(ObjectNode pod, Errors errors) {
        ObjectNode spec = object(pod, "spec") == null ? Json.object() : object(pod, "spec");
        annotations(pod, spec, errors);
        spec(spec, SPEC, true, errors);
        for (String list : new String[] {"containers", "initContainers"}) {
            List<ObjectNode> containers = items(spec, list);
            for (int i = 0; i < containers.size(); i++) {
                ContainerValidation.image(containers.get(i), SPEC.child(list).index(i), errors);
            }
        }
        tokenVolumes(spec, errors);
    }

    private static void annotations(ObjectNode pod, ObjectNode spec, Errors errors) {
        Map<String, String> annotations = strings(pod.get("metadata"), "annotations");
        FieldPath path = FieldPath.of("metadata", "annotations");
        String mirror = annotations.get("kubernetes.io/config.mirror");
        if (mirror != null && text(spec, "nodeName").isEmpty()) {
            errors.invalid(path.key("kubernetes.io/config.mirror"), mirror, "must set spec.nodeName if mirror pod annotation is set");
        }
        String cost = annotations.get("controller.kubernetes.io/pod-deletion-cost");
        if (cost != null) {
            boolean canonical = cost.matches("0|-?[1-9][0-9]{0,9}");
            if (!canonical || Long.parseLong(cost) != (int) Long.parseLong(cost)) {
                errors.invalid(path.key("controller.kubernetes.io/pod-deletion-cost"), cost, "must be a 32bit integer");
            }
        }
    }

    private static void tokenVolumes(ObjectNode spec, Errors errors) {
        if (!text(spec, "serviceAccountName").isEmpty()) {
            return;
        }
        List<ObjectNode> volumes = items(spec, "volumes");
        for (int v = 0; v < volumes.size(); v++) {
            List<ObjectNode> sources = items(object(volumes.get(v), "projected"), "sources");
            for (int s = 0; s < sources.size(); s++) {
                if (has(sources.get(s), "serviceAccountToken")) {
                    errors.forbidden(SPEC.child("volumes").index(v).child("projected", "sources").index(s).child("serviceAccountToken"),
                            "must not be specified when serviceAccountName is not set");
                }
            }
        }
    }

    /** A PodTemplate object. */
    public static void podTemplate(ObjectNode podTemplate, Errors errors) {
        template(object(podTemplate, "template") == null ? Json.object() : object(podTemplate, "template"), FieldPath.of("template"), errors);
    }

    /** The template at a path: its labels and its spec. */
    static void template(ObjectNode template, FieldPath path, Errors errors) {
        ObjectNode metadata = object(template, "metadata");
        MetadataValidation.labels(strings(metadata, "labels"), path.child("labels"), errors);
        MetadataValidation.annotations(strings(metadata, "annotations"), path.child("annotations"), errors);
        ObjectNode spec = object(template, "spec") == null ? Json.object() : object(template, "spec");
        spec(spec, path.child("spec"), false, errors);
        if (!items(spec, "ephemeralContainers").isEmpty()) {
            errors.forbidden(path.child("spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template");
        }
    }

    private static void spec(ObjectNode spec, FieldPath path, boolean isPod, Errors errors) {
        if (!has(spec, "terminationGracePeriodSeconds")) {
            errors.required(path.child("terminationGracePeriodSeconds"), "");
        }
        Map<String, ObjectNode> volumes = PodVolumes.validate(spec, path.child("volumes"), errors);
        new ContainerValidation(spec, volumes, path, errors).validate();
        ResourceRequirements.validate(object(spec, "resources"), path.child("resources"), errors);
        hostNetwork(spec, path.child("containers"), isPod, errors);
        Formats.oneOf(path.child("restartPolicy"), text(spec, "restartPolicy"), errors, "Always", "OnFailure", "Never");
        Formats.oneOf(path.child("dnsPolicy"), text(spec, "dnsPolicy"), errors, "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        SecurityContexts.pod(spec, path, errors);
        PodScheduling.validate(spec, path, errors);
        dns(spec, path.child("dnsConfig"), errors);
        names(spec, path, errors);
        if (has(spec, "activeDeadlineSeconds")) {
            errors.inRange(path.child("activeDeadlineSeconds"), integer(spec, "activeDeadlineSeconds"), 1, Integer.MAX_VALUE);
        }
        if (has(spec, "preemptionPolicy")) {
            Formats.oneOf(path.child("preemptionPolicy"), text(spec, "preemptionPolicy"), errors, "PreemptLowerPriority", "Never");
        }
        ObjectNode overhead = object(spec, "overhead");
        if (overhead != null) {
            overhead.properties().forEach(entry -> ResourceRequirements.amount(path.child("overhead").key(entry.getKey()), entry.getKey(), entry.getValue(), errors));
        }
        ObjectNode os = object(spec, "os");
        if (os != null) {
            Formats.oneOf(path.child("os", "name"), text(os, "name"), errors, "linux", "windows");
        }
    }

    private static void hostNetwork(ObjectNode spec, FieldPath field, boolean isPod, Errors errors) {
        if (!flag(spec, "hostNetwork")) {
            return;
        }
        List<ObjectNode> containers = items(spec, "containers");
        for (int c = 0; c < containers.size(); c++) {
            List<ObjectNode> ports = items(containers.get(c), "ports");
            for (int p = 0; p < ports.size(); p++) {
                long host = integer(ports.get(p), "hostPort");
                if ((isPod || host != 0) && host != integer(ports.get(p), "containerPort")) {
                    errors.invalid(field.index(c).child("ports").index(p).child("hostPort"), host, "must match `containerPort` when `hostNetwork` is true");
                }
            }
        }
    }

    private static void dns(ObjectNode spec, FieldPath path, Errors errors) {
        ObjectNode config = object(spec, "dnsConfig");
        List<String> servers = texts(config, "nameservers");
        if (text(spec, "dnsPolicy").equals("None")) {
            if (config == null) {
                errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
                return;
            }
            if (servers.isEmpty()) {
                errors.required(path.child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
                return;
            }
        }
        if (config == null) {
            return;
        }
        if (servers.size() > 3) {
            errors.invalid(path.child("nameservers"), config.get("nameservers"), "must not have more than 3 nameservers");
        }
        for (int i = 0; i < servers.size(); i++) {
            Formats.ip(path.child("nameservers").index(i), servers.get(i), errors);
        }
        List<String> searches = texts(config, "searches");
        if (searches.size() > 32) {
            errors.invalid(path.child("searches"), config.get("searches"), "must not have more than 32 search paths");
        }
        if (String.join(" ", searches).length() > 2048) {
            errors.invalid(path.child("searches"), config.get("searches"), "must not have more than 2048 characters (including spaces) in the search list");
        }
        for (int i = 0; i < searches.size(); i++) {
            String search = searches.get(i);
            if (!search.equals(".")) {
                String name = search.endsWith(".") ? search.substring(0, search.length() - 1) : search;
                errors.invalid(path.child("searches").index(i), name, Names.dnsSubdomainWithUnderscores(name));
            }
        }
        List<ObjectNode> options = items(config, "options");
        for (int i = 0; i < options.size(); i++) {
            if (text(options.get(i), "name").isEmpty()) {
                errors.required(path.child("options").index(i), "must not be empty");
            }
        }
    }

    private static void names(ObjectNode spec, FieldPath path, Errors errors) {
        for (String field : new String[] {"serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"}) {
            String name = text(spec, field);
            if (!name.isEmpty()) {
                errors.invalid(path.child(field), name, Names.dnsSubdomain(name));
            }
        }
        for (String field : new String[] {"hostname", "subdomain"}) {
            String name = text(spec, field);
            if (!name.isEmpty()) {
                errors.invalid(path.child(field), name, Names.dnsLabel(name));
            }
        }
        List<ObjectNode> aliases = items(spec, "hostAliases");
        for (int i = 0; i < aliases.size(); i++) {
            FieldPath at = path.child("hostAliases").index(i);
            Formats.ip(at.child("ip"), text(aliases.get(i), "ip"), errors);
            List<String> hostnames = texts(aliases.get(i), "hostnames");
            for (int h = 0; h < hostnames.size(); h++) {
                errors.invalid(at.child("hostnames").index(h), hostnames.get(h), Names.dnsSubdomain(hostnames.get(h)));
            }
        }
    }
}
