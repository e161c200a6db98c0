package io.jakube.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupResource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;

/** Tables of the core group. */
final class CorePrinters {
    private CorePrinters() {}

    static void register(Map<GroupResource, TablePrinter> printers) {
        printers.put(GroupResource.core("pods"), pods());
        printers.put(GroupResource.core("podtemplates"), Printer.named()
                .text("Containers", o -> Cells.containers(Cells.at(o, "template", "spec"), "name"))
                .text("Images", o -> Cells.containers(Cells.at(o, "template", "spec"), "image"))
                .text("Pod Labels", o -> Cells.labels(Cells.at(o, "template", "metadata", "labels"))).build());
        printers.put(GroupResource.core("services"), services());
        printers.put(GroupResource.core("endpoints"), Printer.named().text("Endpoints", CorePrinters::endpoints).age().build());
        printers.put(GroupResource.core("nodes"), nodes());
        printers.put(GroupResource.core("events"), events());
        printers.put(GroupResource.core("namespaces"), Printer.named().text("Status", o -> Cells.text(o, "status", "phase")).age().build());
        printers.put(GroupResource.core("secrets"), Printer.named().text("Type", o -> Cells.text(o, "type")).number("Data", o -> (long) o.path("data").size()).age().build());
        printers.put(GroupResource.core("configmaps"), Printer.named().number("Data", o -> (long) o.path("data").size() + o.path("binaryData").size()).age().build());
        printers.put(GroupResource.core("serviceaccounts"), Printer.named().number("Secrets", o -> (long) o.path("secrets").size()).age().build());
        printers.put(GroupResource.core("persistentvolumes"), persistentVolumes());
        printers.put(GroupResource.core("persistentvolumeclaims"), persistentVolumeClaims());
        printers.put(GroupResource.core("resourcequotas"), Printer.named().text("Request", o -> quota(o, false)).text("Limit", o -> quota(o, true)).age().build());
        printers.put(GroupResource.core("limitranges"), Printer.named().timed("Created At", (o, now) -> Cells.text(o, "metadata", "creationTimestamp")).build());
        printers.put(GroupResource.core("replicationcontrollers"), Printer.named()
                .number("Desired", "spec", "replicas").number("Current", "status", "replicas").number("Ready", "status", "readyReplicas").age()
                .wide("Containers", o -> Cells.containers(Cells.at(o, "spec", "template", "spec"), "name"))
                .wide("Images", o -> Cells.containers(Cells.at(o, "spec", "template", "spec"), "image"))
                .wide("Selector", o -> Cells.labels(Cells.at(o, "spec", "selector"))).build());
    }

    private static TablePrinter pods() {
        return new TablePrinter() {
            private final List<Column> columns = Printer.named()
                    .text("Ready", o -> "").text("Status", o -> "").text("Restarts", o -> "").age()
                    .wide("IP", o -> "").wide("Node", o -> "").wide("Nominated Node", o -> "").wide("Readiness Gates", o -> "").build().columns();

            @Override
            public List<Column> columns() {
                return columns;
            }

            @Override
            public List<Object> cells(ObjectNode pod, Instant now) {
                PodStatus status = PodStatus.of(pod);
                return List.of(
                        Cells.name(pod),
                        status.ready() + "/" + status.total(),
                        status.reason(),
                        status.restartsCell(now),
                        Cells.age(pod, now),
                        Cells.textOr(Cells.NONE, pod, "status", "podIP"),
                        Cells.textOr(Cells.NONE, pod, "spec", "nodeName"),
                        Cells.textOr(Cells.NONE, pod, "status", "nominatedNodeName"),
                        readinessGates(pod));
            }
        };
    }

    private static String readinessGates(JsonNode pod) {
        JsonNode gates = Cells.at(pod, "spec", "readinessGates");
        if (gates.isEmpty()) {
            return Cells.NONE;
        }
        int met = 0;
        for (JsonNode gate : gates) {
            if ("True".equals(Cells.condition(pod, gate.path("conditionType").asText()))) {
                met++;
            }
        }
        return met + "/" + gates.size();
    }

    private static TablePrinter services() {
        return Printer.named()
                .text("Type", o -> Cells.text(o, "spec", "type"))
                .text("Cluster-IP", o -> Cells.textOr(Cells.NONE, o, "spec", "clusterIP"))
                .text("External-IP", CorePrinters::externalAddress)
                .text("Port(s)", CorePrinters::ports)
                .age()
                .wide("Selector", o -> Cells.labels(Cells.at(o, "spec", "selector")))
                .build();
    }

    private static String externalAddress(JsonNode service) {
        List<String> addresses = new ArrayList<>();
        Cells.at(service, "spec", "externalIPs").forEach(a -> addresses.add(a.asText()));
        switch (Cells.text(service, "spec", "type")) {
            case "ExternalName" -> {
                return Cells.text(service, "spec", "externalName");
            }
            case "LoadBalancer" -> {
                List<String> ingress = new ArrayList<>();
                Cells.at(service, "status", "loadBalancer", "ingress").forEach(i -> ingress.add(i.path("ip").asText(i.path("hostname").asText())));
                ingress.addAll(addresses);
                return ingress.isEmpty() ? "<pending>" : String.join(",", ingress);
            }
            default -> {
                return addresses.isEmpty() ? Cells.NONE : String.join(",", addresses);
            }
        }
    }

    private static String ports(JsonNode service) {
        StringJoiner joined = new StringJoiner(",");
        for (JsonNode port : Cells.at(service, "spec", "ports")) {
            String node = port.path("nodePort").asInt() > 0 ? ":" + port.path("nodePort").asInt() : "";
            joined.add(port.path("port").asInt() + node + "/" + port.path("protocol").asText("TCP"));
        }
        return joined.length() == 0 ? Cells.NONE : joined.toString();
    }

    private static String endpoints(JsonNode endpoints) {
        List<String> all = new ArrayList<>();
        for (JsonNode subset : endpoints.path("subsets")) {
            for (JsonNode address : subset.path("addresses")) {
                if (subset.path("ports").isEmpty()) {
                    all.add(address.path("ip").asText());
                }
                for (JsonNode port : subset.path("ports")) {
                    all.add(address.path("ip").asText() + ":" + port.path("port").asInt());
                }
            }
        }
        if (all.isEmpty()) {
            return Cells.NONE;
        }
        return all.size() <= 3 ? String.join(",", all) : String.join(",", all.subList(0, 3)) + " + " + (all.size() - 3) + " more...";
    }

    private static TablePrinter nodes() {
        return Printer.named()
                .text("Status", CorePrinters::nodeStatus)
                .text("Roles", CorePrinters::nodeRoles)
                .age()
                .text("Version", o -> Cells.text(o, "status", "nodeInfo", "kubeletVersion"))
                .wide("Internal-IP", o -> nodeAddress(o, "InternalIP"))
                .wide("External-IP", o -> nodeAddress(o, "ExternalIP"))
                .wide("OS-Image", o -> Cells.textOr("<unknown>", o, "status", "nodeInfo", "osImage"))
                .wide("Kernel-Version", o -> Cells.textOr("<unknown>", o, "status", "nodeInfo", "kernelVersion"))
                .wide("Container-Runtime", o -> Cells.textOr("<unknown>", o, "status", "nodeInfo", "containerRuntimeVersion"))
                .build();
    }

    private static String nodeStatus(JsonNode node) {
        String status = switch (Cells.condition(node, "Ready")) {
            case "True" -> "Ready";
            case "" -> "Unknown";
            default -> "NotReady";
        };
        return Cells.at(node, "spec", "unschedulable").asBoolean() ? status + ",SchedulingDisabled" : status;
    }

    private static String nodeRoles(JsonNode node) {
        TreeSet<String> roles = new TreeSet<>();
        Cells.at(node, "metadata", "labels").properties().forEach(label -> {
            if (label.getKey().startsWith("node-role.kubernetes.io/")) {
                roles.add(label.getKey().substring("node-role.kubernetes.io/".length()));
            } else if (label.getKey().equals("kubernetes.io/role") && !label.getValue().asText().isEmpty()) {
                roles.add(label.getValue().asText());
            }
        });
        roles.remove("");
        return roles.isEmpty() ? Cells.NONE : String.join(",", roles);
    }

    private static String nodeAddress(JsonNode node, String type) {
        for (JsonNode address : Cells.at(node, "status", "addresses")) {
            if (type.equals(address.path("type").asText())) {
                return address.path("address").asText();
            }
        }
        return Cells.NONE;
    }

    private static TablePrinter events() {
        return Printer.empty()
                .timed("Last Seen", (o, now) -> HumanDuration.since(lastSeen(o), now))
                .text("Type", o -> Cells.text(o, "type"))
                .text("Reason", o -> Cells.text(o, "reason"))
                .text("Object", CorePrinters::involvedObject)
                .wide("Subobject", o -> Cells.text(o, "involvedObject", "fieldPath"))
                .wide("Source", CorePrinters::eventSource)
                .text("Message", o -> Cells.text(o, "message").strip())
                .wideTimed("First Seen", (o, now) -> HumanDuration.since(firstSeen(o), now))
                .wide("Count", o -> Long.toString(eventCount(o)))
                .wide("Name", Cells::name)
                .build();
    }

    private static String lastSeen(JsonNode event) {
        for (String[] path : new String[][] {{"series", "lastObservedTime"}, {"lastTimestamp"}, {"eventTime"}}) {
            String text = Cells.text(event, path);
            if (!text.isEmpty()) {
                return text;
            }
        }
        return Cells.text(event, "metadata", "creationTimestamp");
    }

    private static String firstSeen(JsonNode event) {
        return Cells.textOr(Cells.textOr(Cells.text(event, "metadata", "creationTimestamp"), event, "eventTime"), event, "firstTimestamp");
    }

    private static long eventCount(JsonNode event) {
        long series = Cells.number(event, "series", "count");
        return series > 0 ? series : Math.max(1, Cells.number(event, "count"));
    }

    private static String involvedObject(JsonNode event) {
        String kind = Cells.text(event, "involvedObject", "kind").toLowerCase(java.util.Locale.ROOT);
        return kind + "/" + Cells.text(event, "involvedObject", "name");
    }

    private static String eventSource(JsonNode event) {
        String component = Cells.textOr(Cells.text(event, "reportingComponent"), event, "source", "component");
        String host = Cells.textOr(Cells.text(event, "reportingInstance"), event, "source", "host");
        return host.isEmpty() || host.equals(component) ? component : component + ", " + host;
    }

    private static TablePrinter persistentVolumes() {
        return Printer.named()
                .text("Capacity", o -> Cells.text(o, "spec", "capacity", "storage"))
                .text("Access Modes", o -> accessModes(Cells.at(o, "spec", "accessModes")))
                .text("Reclaim Policy", o -> Cells.text(o, "spec", "persistentVolumeReclaimPolicy"))
                .text("Status", o -> terminatingOr(o, Cells.text(o, "status", "phase")))
                .text("Claim", o -> o.path("spec").has("claimRef") ? Cells.text(o, "spec", "claimRef", "namespace") + "/" + Cells.text(o, "spec", "claimRef", "name") : "")
                .text("StorageClass", o -> Cells.text(o, "spec", "storageClassName"))
                .text("VolumeAttributesClass", o -> Cells.textOr("<unset>", o, "spec", "volumeAttributesClassName"))
                .text("Reason", o -> Cells.text(o, "status", "reason"))
                .age()
                .wide("VolumeMode", o -> Cells.textOr("<unset>", o, "spec", "volumeMode"))
                .build();
    }

    private static TablePrinter persistentVolumeClaims() {
        return Printer.named()
                .text("Status", o -> terminatingOr(o, Cells.text(o, "status", "phase")))
                .text("Volume", o -> Cells.text(o, "spec", "volumeName"))
                .text("Capacity", o -> Cells.text(o, "spec", "volumeName").isEmpty() ? "" : Cells.text(o, "status", "capacity", "storage"))
                .text("Access Modes", o -> Cells.text(o, "spec", "volumeName").isEmpty() ? "" : accessModes(Cells.at(o, "status", "accessModes")))
                .text("StorageClass", o -> Cells.text(o, "spec", "storageClassName"))
                .text("VolumeAttributesClass", o -> Cells.textOr("<unset>", o, "spec", "volumeAttributesClassName"))
                .age()
                .wide("VolumeMode", o -> Cells.textOr("<unset>", o, "spec", "volumeMode"))
                .build();
    }

    private static String terminatingOr(JsonNode object, String phase) {
        return object.path("metadata").hasNonNull("deletionTimestamp") ? "Terminating" : phase;
    }

    private static String accessModes(JsonNode modes) {
        StringJoiner joined = new StringJoiner(",");
        modes.forEach(mode -> joined.add(switch (mode.asText()) {
            case "ReadWriteOnce" -> "RWO";
            case "ReadOnlyMany" -> "ROX";
            case "ReadWriteMany" -> "RWX";
            case "ReadWriteOncePod" -> "RWOP";
            default -> mode.asText();
        }));
        return joined.toString();
    }

    private static String quota(JsonNode quota, boolean limits) {
        StringJoiner joined = new StringJoiner(", ");
        JsonNode hard = Cells.at(quota, "status", "hard");
        TreeSet<String> names = new TreeSet<>();
        hard.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            if (name.startsWith("limits.") == limits) {
                joined.add(name + ": " + Cells.textOr("0", quota, "status", "used", name) + "/" + hard.path(name).asText());
            }
        }
        return joined.toString();
    }
}
