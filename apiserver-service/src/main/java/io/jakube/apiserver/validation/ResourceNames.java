package io.jakube.apiserver.validation;

import java.util.Set;

/** Names of computing resources: which are the system's own, and which extend it (API reference, core/v1 ResourceList). */
final class ResourceNames {
    private static final Set<String> CONTAINER = Set.of("cpu", "memory", "ephemeral-storage");
    private static final Set<String> INTEGER = Set.of("pods", "replicationcontrollers", "services", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims",
            "services.nodeports", "services.loadbalancers");
    private static final Set<String> STANDARD = Set.of("cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu",
            "limits.memory", "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
            "storage", "requests.storage", "services.nodeports", "services.loadbalancers");
    private static final Set<String> QUOTA = Set.of("cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage",
            "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
            "persistentvolumeclaims", "services.nodeports", "services.loadbalancers");

    private ResourceNames() {}

    static boolean isHugePages(String name) {
        return name.startsWith("hugepages-");
    }

    static boolean isStandard(String name) {
        return STANDARD.contains(name) || isHugePages(name) || name.startsWith("requests.hugepages-");
    }

    static boolean isContainer(String name) {
        return CONTAINER.contains(name) || isHugePages(name);
    }

    static boolean isQuota(String name) {
        return QUOTA.contains(name) || isHugePages(name) || name.startsWith("requests.hugepages-");
    }

    /** Whether the name belongs to the system: unqualified, or of a kubernetes.io domain. */
    static boolean isNative(String name) {
        return !name.contains("/") || name.contains("kubernetes.io/");
    }

    /** Whether the name may stand for a resource nodes advertise by themselves. */
    static boolean isExtended(String name) {
        return !isNative(name) && !name.startsWith("requests.") && Names.qualifiedName("requests." + name).isEmpty();
    }

    /** Whether amounts must be whole. */
    static boolean isInteger(String name) {
        return INTEGER.contains(name) || isExtended(name);
    }

    /** Whether requests may be less than limits. */
    static boolean mayOvercommit(String name) {
        return isNative(name) && !isHugePages(name);
    }

    /** The rule for names in a container's resources. */
    static void containerResource(FieldPath field, String name, Errors errors) {
        resource(field, name, errors);
        if (!name.contains("/")) {
            if (!isContainer(name)) {
                errors.invalid(field, name, "must be a standard resource for containers");
            }
        } else if (!isNative(name) && !isExtended(name)) {
            errors.invalid(field, name, "doesn't follow extended resource name standard");
        }
    }

    /** The rule for names of resources anywhere. */
    static void resource(FieldPath field, String name, Errors errors) {
        int before = errors.size();
        errors.invalid(field, name, Names.qualifiedName(name));
        if (errors.size() == before && !name.contains("/") && !isStandard(name)) {
            errors.invalid(field, name, "must be a standard resource type or fully qualified");
        }
    }

    /** The rule for names in a quota. */
    static void quotaResource(FieldPath field, String name, Errors errors) {
        resource(field, name, errors);
        if (!name.contains("/") && !isQuota(name)) {
            errors.invalid(field, name, "must be a standard resource for quota");
        }
    }
}
