package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.ensureObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersionKind;
import java.util.HashMap;
import java.util.Map;

/** All defaults beyond the schema's, by type. */
public final class Defaulting {
    private Defaulting() {}

    /** The defaulters; a type that is not here has none. Immutable. */
    public static Map<GroupVersionKind, Defaulter> all() {
        Map<GroupVersionKind, Defaulter> all = new HashMap<>();
        core(all);
        all.put(GroupVersionKind.of("apps/v1", "Deployment"), AppsDefaults::deployment);
        all.put(GroupVersionKind.of("apps/v1", "ReplicaSet"), AppsDefaults::replicaSet);
        all.put(GroupVersionKind.of("apps/v1", "DaemonSet"), AppsDefaults::daemonSet);
        all.put(GroupVersionKind.of("apps/v1", "StatefulSet"), AppsDefaults::statefulSet);
        all.put(GroupVersionKind.of("batch/v1", "Job"), BatchDefaults::job);
        all.put(GroupVersionKind.of("batch/v1", "CronJob"), BatchDefaults::cronJob);
        all.put(GroupVersionKind.of("autoscaling/v1", "HorizontalPodAutoscaler"), AutoscalingDefaults::v1);
        all.put(GroupVersionKind.of("autoscaling/v2", "HorizontalPodAutoscaler"), AutoscalingDefaults::v2);
        all.put(GroupVersionKind.of("discovery.k8s.io/v1", "EndpointSlice"), ServiceDefaults::endpointSlice);
        all.put(GroupVersionKind.of("networking.k8s.io/v1", "NetworkPolicy"), NetworkingDefaults::networkPolicy);
        all.put(GroupVersionKind.of("networking.k8s.io/v1", "Ingress"), NetworkingDefaults::ingress);
        all.put(GroupVersionKind.of("networking.k8s.io/v1", "IngressClass"), NetworkingDefaults::ingressClass);
        all.put(GroupVersionKind.of("policy/v1", "PodDisruptionBudget"), budget -> ensureObject(budget, "spec"));
        all.put(GroupVersionKind.of("rbac.authorization.k8s.io/v1", "RoleBinding"), RbacDefaults::binding);
        all.put(GroupVersionKind.of("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"), RbacDefaults::binding);
        all.put(GroupVersionKind.of("scheduling.k8s.io/v1", "PriorityClass"), Defaulting::priorityClass);
        all.put(GroupVersionKind.of("coordination.k8s.io/v1", "Lease"), lease -> ensureObject(lease, "spec"));
        all.put(GroupVersionKind.of("storage.k8s.io/v1", "StorageClass"), StorageDefaults::storageClass);
        all.put(GroupVersionKind.of("storage.k8s.io/v1", "CSIDriver"), StorageDefaults::csiDriver);
        all.put(GroupVersionKind.of("storage.k8s.io/v1", "CSIStorageCapacity"), StorageDefaults::csiStorageCapacity);
        extensions(all);
        return Map.copyOf(all);
    }

    private static void core(Map<GroupVersionKind, Defaulter> all) {
        all.put(GroupVersionKind.of("v1", "Pod"), PodDefaults::pod);
        all.put(GroupVersionKind.of("v1", "PodTemplate"), CoreDefaults::podTemplate);
        all.put(GroupVersionKind.of("v1", "ReplicationController"), CoreDefaults::replicationController);
        all.put(GroupVersionKind.of("v1", "Service"), ServiceDefaults::service);
        all.put(GroupVersionKind.of("v1", "Endpoints"), CoreDefaults::endpoints);
        all.put(GroupVersionKind.of("v1", "Namespace"), CoreDefaults::namespace);
        all.put(GroupVersionKind.of("v1", "Node"), CoreDefaults::node);
        all.put(GroupVersionKind.of("v1", "Secret"), CoreDefaults::secret);
        all.put(GroupVersionKind.of("v1", "PersistentVolume"), StorageDefaults::persistentVolume);
        all.put(GroupVersionKind.of("v1", "PersistentVolumeClaim"), StorageDefaults::persistentVolumeClaim);
        all.put(GroupVersionKind.of("v1", "LimitRange"), CoreDefaults::limitRange);
        all.put(GroupVersionKind.of("v1", "ResourceQuota"), CoreDefaults::resourceQuota);
    }

    private static void extensions(Map<GroupVersionKind, Defaulter> all) {
        String admission = "admissionregistration.k8s.io/v1";
        all.put(GroupVersionKind.of(admission, "MutatingWebhookConfiguration"), configuration -> ExtensionDefaults.webhookConfiguration(configuration, true));
        all.put(GroupVersionKind.of(admission, "ValidatingWebhookConfiguration"), configuration -> ExtensionDefaults.webhookConfiguration(configuration, false));
        for (String policy : new String[] {"ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"}) {
            all.put(GroupVersionKind.of(admission, policy), ExtensionDefaults::admissionPolicy);
            all.put(GroupVersionKind.of(admission, policy + "Binding"), ExtensionDefaults::admissionPolicyBinding);
        }
        all.put(GroupVersionKind.of("apiextensions.k8s.io/v1", "CustomResourceDefinition"), ExtensionDefaults::customResourceDefinition);
        all.put(GroupVersionKind.of("apiregistration.k8s.io/v1", "APIService"), ExtensionDefaults::apiService);
        all.put(GroupVersionKind.of("flowcontrol.apiserver.k8s.io/v1", "FlowSchema"), ExtensionDefaults::flowSchema);
        all.put(GroupVersionKind.of("flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration"), ExtensionDefaults::priorityLevel);
    }

    private static void priorityClass(ObjectNode priorityClass) {
        defaultText(priorityClass, "preemptionPolicy", "PreemptLowerPriority");
    }
}
