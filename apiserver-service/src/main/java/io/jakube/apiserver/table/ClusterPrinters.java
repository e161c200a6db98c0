package io.jakube.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.api.GroupResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** Tables of networking, discovery, rbac, storage, scheduling, coordination, certificates and the smaller groups. */
final class ClusterPrinters {
    private static final int MANY = 3;

    private ClusterPrinters() {}

    static void register(Map<GroupResource, TablePrinter> printers) {
        networking(printers);
        rbac(printers);
        storage(printers);
        printers.put(new GroupResource("scheduling.k8s.io", "priorityclasses"), Printer.named()
                .number("Value", "value").bool("Global-Default", o -> o.path("globalDefault").asBoolean()).age()
                .text("PreemptionPolicy", o -> Cells.textOr("PreemptLowerPriority", o, "preemptionPolicy")).build());
        printers.put(new GroupResource("coordination.k8s.io", "leases"), Printer.named().text("Holder", o -> Cells.text(o, "spec", "holderIdentity")).age().build());
        printers.put(new GroupResource("node.k8s.io", "runtimeclasses"), Printer.named().text("Handler", o -> Cells.text(o, "handler")).age().build());
        printers.put(new GroupResource("certificates.k8s.io", "certificatesigningrequests"), Printer.named()
                .age()
                .text("SignerName", o -> Cells.textOr(Cells.NONE, o, "spec", "signerName"))
                .text("Requestor", o -> Cells.text(o, "spec", "username"))
                .text("RequestedDuration", o -> Cells.at(o, "spec").hasNonNull("expirationSeconds") ? HumanDuration.of(Duration.ofSeconds(Cells.number(o, "spec", "expirationSeconds"))) : Cells.NONE)
                .text("Condition", ClusterPrinters::certificateCondition).build());
        printers.put(new GroupResource("admissionregistration.k8s.io", "validatingwebhookconfigurations"), Printer.named().number("Webhooks", o -> (long) o.path("webhooks").size()).age().build());
        printers.put(new GroupResource("admissionregistration.k8s.io", "mutatingwebhookconfigurations"), Printer.named().number("Webhooks", o -> (long) o.path("webhooks").size()).age().build());
        printers.put(new GroupResource("admissionregistration.k8s.io", "validatingadmissionpolicies"), Printer.named()
                .number("Validations", o -> (long) Cells.at(o, "spec", "validations").size())
                .text("ParamKind", o -> Cells.at(o, "spec").hasNonNull("paramKind") ? Cells.text(o, "spec", "paramKind", "apiVersion") + "/" + Cells.text(o, "spec", "paramKind", "kind") : "<unset>").age().build());
        printers.put(new GroupResource("admissionregistration.k8s.io", "validatingadmissionpolicybindings"), Printer.named()
                .text("PolicyName", o -> Cells.text(o, "spec", "policyName")).text("ParamRef", o -> Cells.textOr("<unset>", o, "spec", "paramRef", "name")).age().build());
    }

    private static void networking(Map<GroupResource, TablePrinter> printers) {
        String group = "networking.k8s.io";
        printers.put(new GroupResource(group, "ingresses"), Printer.named()
                .text("Class", o -> Cells.textOr(Cells.NONE, o, "spec", "ingressClassName"))
                .text("Hosts", ClusterPrinters::hosts)
                .text("Address", ClusterPrinters::ingressAddresses)
                .text("Ports", o -> Cells.at(o, "spec", "tls").isEmpty() ? "80" : "80, 443").age().build());
        printers.put(new GroupResource(group, "ingressclasses"), Printer.named()
                .text("Controller", o -> Cells.text(o, "spec", "controller"))
                .text("Parameters", o -> {
                    JsonNode parameters = Cells.at(o, "spec", "parameters");
                    if (!parameters.isObject()) {
                        return Cells.NONE;
                    }
                    String apiGroup = parameters.path("apiGroup").asText("");
                    return parameters.path("kind").asText() + (apiGroup.isEmpty() ? "" : "." + apiGroup) + "/" + parameters.path("name").asText();
                }).age().build());
        printers.put(new GroupResource(group, "networkpolicies"), Printer.named().text("Pod-Selector", o -> Cells.selector(Cells.at(o, "spec", "podSelector"))).age().build());
        printers.put(new GroupResource(group, "ipaddresses"), Printer.named()
                .text("ParentRef", o -> {
                    JsonNode parent = Cells.at(o, "spec", "parentRef");
                    return parent.path("resource").asText() + "/" + parent.path("namespace").asText() + "/" + parent.path("name").asText();
                }).age().build());
        printers.put(new GroupResource(group, "servicecidrs"), Printer.named().text("CIDRs", o -> Cells.list(Cells.at(o, "spec", "cidrs"))).age().build());
        printers.put(new GroupResource("discovery.k8s.io", "endpointslices"), Printer.named()
                .text("AddressType", o -> Cells.text(o, "addressType"))
                .text("Ports", ClusterPrinters::slicePorts)
                .text("Endpoints", ClusterPrinters::sliceEndpoints).age().build());
    }

    private static void rbac(Map<GroupResource, TablePrinter> printers) {
        String group = "rbac.authorization.k8s.io";
        TablePrinter roles = Printer.named().timed("Created At", (o, now) -> Cells.text(o, "metadata", "creationTimestamp")).build();
        printers.put(new GroupResource(group, "roles"), roles);
        printers.put(new GroupResource(group, "clusterroles"), roles);
        TablePrinter bindings = Printer.named()
                .text("Role", o -> Cells.text(o, "roleRef", "kind") + "/" + Cells.text(o, "roleRef", "name")).age()
                .wide("Users", o -> subjects(o, "User")).wide("Groups", o -> subjects(o, "Group")).wide("ServiceAccounts", o -> subjects(o, "ServiceAccount")).build();
        printers.put(new GroupResource(group, "rolebindings"), bindings);
        printers.put(new GroupResource(group, "clusterrolebindings"), bindings);
    }

    private static void storage(Map<GroupResource, TablePrinter> printers) {
        String group = "storage.k8s.io";
        printers.put(new GroupResource(group, "storageclasses"), Printer.empty()
                .text("Name", o -> Cells.name(o) + ("true".equals(Cells.at(o, "metadata", "annotations").path("storageclass.kubernetes.io/is-default-class").asText()) ? " (default)" : ""))
                .text("Provisioner", o -> Cells.text(o, "provisioner"))
                .text("ReclaimPolicy", o -> Cells.textOr("Delete", o, "reclaimPolicy"))
                .text("VolumeBindingMode", o -> Cells.textOr("Immediate", o, "volumeBindingMode"))
                .bool("AllowVolumeExpansion", o -> o.path("allowVolumeExpansion").asBoolean()).age().build());
        printers.put(new GroupResource(group, "volumeattachments"), Printer.named()
                .text("Attacher", o -> Cells.text(o, "spec", "attacher")).text("PV", o -> Cells.text(o, "spec", "source", "persistentVolumeName")).text("Node", o -> Cells.text(o, "spec", "nodeName"))
                .bool("Attached", o -> Cells.at(o, "status", "attached").asBoolean()).age().build());
        printers.put(new GroupResource(group, "csinodes"), Printer.named().number("Drivers", o -> (long) Cells.at(o, "spec", "drivers").size()).age().build());
        printers.put(new GroupResource(group, "csidrivers"), Printer.named()
                .bool("AttachRequired", o -> Cells.at(o, "spec", "attachRequired").asBoolean(true)).bool("PodInfoOnMount", o -> Cells.at(o, "spec", "podInfoOnMount").asBoolean())
                .bool("StorageCapacity", o -> Cells.at(o, "spec", "storageCapacity").asBoolean())
                .text("TokenRequests", o -> {
                    StringJoiner audiences = new StringJoiner(",");
                    Cells.at(o, "spec", "tokenRequests").forEach(t -> audiences.add(t.path("audience").asText()));
                    return audiences.length() == 0 ? "<unset>" : audiences.toString();
                })
                .bool("RequiresRepublish", o -> Cells.at(o, "spec", "requiresRepublish").asBoolean()).text("Modes", o -> Cells.list(Cells.at(o, "spec", "volumeLifecycleModes"))).age().build());
    }

    private static String hosts(JsonNode ingress) {
        List<String> hosts = new ArrayList<>();
        Cells.at(ingress, "spec", "rules").forEach(rule -> {
            if (!rule.path("host").asText("").isEmpty()) {
                hosts.add(rule.path("host").asText());
            }
        });
        return hosts.isEmpty() ? "*" : firstFew(hosts);
    }

    private static String ingressAddresses(JsonNode ingress) {
        List<String> addresses = new ArrayList<>();
        Cells.at(ingress, "status", "loadBalancer", "ingress").forEach(i -> addresses.add(i.path("ip").asText(i.path("hostname").asText())));
        return String.join(",", addresses);
    }

    private static String slicePorts(JsonNode slice) {
        List<String> ports = new ArrayList<>();
        slice.path("ports").forEach(port -> ports.add(port.hasNonNull("port") ? port.path("port").asText() : port.path("name").asText("*")));
        return ports.isEmpty() ? "<unset>" : firstFew(ports);
    }

    private static String sliceEndpoints(JsonNode slice) {
        List<String> addresses = new ArrayList<>();
        slice.path("endpoints").forEach(endpoint -> endpoint.path("addresses").forEach(address -> addresses.add(address.asText())));
        return addresses.isEmpty() ? "<unset>" : firstFew(addresses);
    }

    private static String firstFew(List<String> values) {
        return values.size() <= MANY ? String.join(",", values) : String.join(",", values.subList(0, MANY)) + " + " + (values.size() - MANY) + " more...";
    }

    private static String subjects(JsonNode binding, String kind) {
        StringJoiner joined = new StringJoiner(", ");
        for (JsonNode subject : binding.path("subjects")) {
            if (kind.equals(subject.path("kind").asText())) {
                joined.add(kind.equals("ServiceAccount") ? subject.path("namespace").asText() + "/" + subject.path("name").asText() : subject.path("name").asText());
            }
        }
        return joined.toString();
    }

    private static String certificateCondition(JsonNode request) {
        Set<String> words = new LinkedHashSet<>();
        Cells.at(request, "status", "conditions").forEach(c -> words.add(c.path("type").asText()));
        if (words.isEmpty()) {
            words.add("Pending");
        }
        if (!Cells.text(request, "status", "certificate").isEmpty()) {
            words.add("Issued");
        }
        return String.join(",", words);
    }
}
