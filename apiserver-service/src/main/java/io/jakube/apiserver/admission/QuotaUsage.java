package io.jakube.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import io.jakube.common.quantity.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an object uses of a quota, by the names quotas have for it (Kubernetes documentation, "Resource Quotas"). Pure functions. */
final class QuotaUsage {
    static final GroupResource PODS = GroupResource.core("pods");
    static final GroupResource SERVICES = GroupResource.core("services");
    static final GroupResource CLAIMS = GroupResource.core("persistentvolumeclaims");

    /** Resources counted under their plain name as well as under {@code count/…}. */
    private static final Set<String> PLAIN = Set.of("pods", "services", "persistentvolumeclaims", "secrets", "configmaps", "replicationcontrollers", "resourcequotas");
    private static final Set<String> COMPUTE = Set.of("cpu", "memory", "ephemeral-storage");
    private static final String CLASS_SUFFIX = ".storageclass.storage.k8s.io/";

    private QuotaUsage() {}

    /** The resource whose objects the quota's name counts; pods for compute resources. */
    static GroupResource counted(String name) {
        if (name.startsWith("count/")) {
            String resource = name.substring("count/".length());
            int dot = resource.indexOf('.');
            return dot < 0 ? GroupResource.core(resource) : new GroupResource(resource.substring(dot + 1), resource.substring(0, dot));
        }
        if (name.startsWith("services")) {
            return SERVICES;
        }
        if (name.equals("requests.storage") || name.contains(CLASS_SUFFIX)) {
            return CLAIMS;
        }
        return PLAIN.contains(name) ? GroupResource.core(name) : PODS;
    }

    /** What the object uses, by every name it could be limited under. */
    static Map<String, Quantity> of(GroupResource resource, ObjectNode object, Instant now) {
        Map<String, Quantity> usage = new TreeMap<>();
        usage.put("count/" + resource, Quantity.of(1));
        if (resource.group().isEmpty() && PLAIN.contains(resource.resource()) && !resource.equals(PODS)) {
            usage.put(resource.resource(), Quantity.of(1));
        }
        if (resource.equals(PODS)) {
            pod(object, usage, now);
        } else if (resource.equals(SERVICES)) {
            service(object, usage);
        } else if (resource.equals(CLAIMS)) {
            claim(object, usage);
        }
        return usage;
    }

    private static void pod(ObjectNode pod, Map<String, Quantity> usage, Instant now) {
        if (finished(pod, now)) {
            return;
        }
        usage.put("pods", Quantity.of(1));
        PodAmounts.effective(pod, "requests").forEach((name, amount) -> {
            usage.put("requests." + name, amount);
            if (COMPUTE.contains(name) || name.startsWith("hugepages-")) {
                usage.put(name, amount);
            }
        });
        PodAmounts.effective(pod, "limits").forEach((name, amount) -> usage.put("limits." + name, amount));
    }

    /** Whether a pod no longer takes anything: it ended, or should have by now. */
    private static boolean finished(ObjectNode pod, Instant now) {
        String phase = Fields.text(pod, "status", "phase");
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            return true;
        }
        String deletion = Fields.text(pod, "metadata", "deletionTimestamp");
        return !deletion.isEmpty() && Instant.parse(deletion).isBefore(now);
    }

    private static void service(ObjectNode service, Map<String, Quantity> usage) {
        String type = Fields.text(service, "spec", "type");
        int ports = Fields.items(service.path("spec"), "ports").size();
        boolean allocates = type.equals("NodePort") || type.equals("LoadBalancer")
                && (!Fields.has(service.path("spec"), "allocateLoadBalancerNodePorts") || Fields.flag(service.path("spec"), "allocateLoadBalancerNodePorts"));
        usage.put("services.nodeports", Quantity.of(allocates ? ports : 0));
        usage.put("services.loadbalancers", Quantity.of(type.equals("LoadBalancer") ? 1 : 0));
    }

    private static void claim(ObjectNode claim, Map<String, Quantity> usage) {
        Quantity storage = PodAmounts.of(claim.path("spec"), "requests").getOrDefault("storage", Quantity.ZERO);
        usage.put("requests.storage", storage);
        String storageClass = Fields.text(claim, "spec", "storageClassName");
        if (!storageClass.isEmpty()) {
            usage.put(storageClass + CLASS_SUFFIX + "requests.storage", storage);
            usage.put(storageClass + CLASS_SUFFIX + "persistentvolumeclaims", Quantity.of(1));
        }
    }

    /** Compute resources a quota limits that a container does not name: such pods cannot be counted and are refused. Texts as {@code limits.cpu for: a,b}. */
    static List<String> unspecified(ObjectNode pod, Set<String> limited) {
        Map<String, List<String>> missing = new TreeMap<>();
        for (String name : limited) {
            String field = name.startsWith("limits.") ? "limits" : "requests";
            String resource = name.startsWith("limits.") || name.startsWith("requests.") ? name.substring(name.indexOf('.') + 1) : name;
            if (!COMPUTE.contains(resource) || resource.equals("ephemeral-storage") || PodAmounts.of(pod.path("spec"), field).containsKey(resource)) {
                continue;
            }
            for (ObjectNode container : PodAmounts.containers(pod)) {
                if (!PodAmounts.of(container, field).containsKey(resource)) {
                    missing.computeIfAbsent(name, n -> new ArrayList<>()).add(Fields.text(container, "name"));
                }
            }
        }
        List<String> texts = new ArrayList<>();
        missing.forEach((name, containers) -> texts.add(name + " for: " + String.join(",", containers.stream().sorted().distinct().toList())));
        return texts;
    }

    /** Whether the quota's scopes choose the object; quotas with scopes choose pods only. */
    static boolean inScope(ObjectNode quota, GroupResource resource, ObjectNode object) {
        List<ObjectNode> expressions = Fields.items(Fields.object(quota, "spec", "scopeSelector"), "matchExpressions");
        List<String> scopes = Fields.texts(quota.path("spec"), "scopes");
        if (scopes.isEmpty() && expressions.isEmpty()) {
            return true;
        }
        return resource.equals(PODS) && scopes.stream().allMatch(scope -> inScope(scope, "Exists", List.of(), object))
                && expressions.stream().allMatch(e -> inScope(Fields.text(e, "scopeName"), Fields.text(e, "operator"), Fields.texts(e, "values"), object));
    }

    private static boolean inScope(String scope, String operator, List<String> values, ObjectNode pod) {
        ObjectNode spec = Fields.object(pod, "spec");
        return switch (scope) {
            case "Terminating" -> Fields.has(spec, "activeDeadlineSeconds");
            case "NotTerminating" -> !Fields.has(spec, "activeDeadlineSeconds");
            case "BestEffort" -> bestEffort(pod);
            case "NotBestEffort" -> !bestEffort(pod);
            case "CrossNamespacePodAffinity" -> crossesNamespaces(spec);
            case "PriorityClass" -> {
                String name = Fields.text(spec, "priorityClassName");
                yield switch (operator) {
                    case "In" -> values.contains(name);
                    case "NotIn" -> !values.contains(name);
                    case "DoesNotExist" -> name.isEmpty();
                    default -> !name.isEmpty();
                };
            }
            default -> false;
        };
    }

    private static boolean bestEffort(ObjectNode pod) {
        return PodAmounts.containers(pod).stream().allMatch(container -> PodAmounts.of(container, "requests").isEmpty() && PodAmounts.of(container, "limits").isEmpty());
    }

    private static boolean crossesNamespaces(@Nullable ObjectNode spec) {
        for (String kind : new String[] {"podAffinity", "podAntiAffinity"}) {
            ObjectNode affinity = Fields.object(Fields.object(spec, "affinity"), kind);
            for (ObjectNode term : Fields.items(affinity, "requiredDuringSchedulingIgnoredDuringExecution")) {
                if (crosses(term)) {
                    return true;
                }
            }
            for (ObjectNode weighted : Fields.items(affinity, "preferredDuringSchedulingIgnoredDuringExecution")) {
                if (crosses(Fields.object(weighted, "podAffinityTerm"))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean crosses(@Nullable ObjectNode term) {
        return !Fields.texts(term, "namespaces").isEmpty() || Fields.has(term, "namespaceSelector");
    }
}
