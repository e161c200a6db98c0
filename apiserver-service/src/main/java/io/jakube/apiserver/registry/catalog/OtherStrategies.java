package io.jakube.apiserver.registry.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.TypeStrategy;
import io.jakube.apiserver.registry.certificates.SigningRequestStrategy;
import io.jakube.apiserver.validation.ClusterValidation;
import io.jakube.apiserver.validation.NameRule;
import io.jakube.apiserver.validation.NetworkValidation;
import io.jakube.apiserver.validation.PolicyValidation;
import io.jakube.apiserver.validation.RbacValidation;
import io.jakube.apiserver.validation.VolumeValidation;
import io.jakube.common.api.GroupResource;
import java.util.HashMap;
import java.util.Map;

/** The groups whose types need little: policy, networking, discovery, RBAC, storage, scheduling and those that extend the server. */
final class OtherStrategies {
    private OtherStrategies() {}

    static Map<GroupResource, ResourceStrategy> all() {
        Map<GroupResource, ResourceStrategy> all = new HashMap<>();
        all.put(new GroupResource("policy", "poddisruptionbudgets"), TypeStrategy.withStatus().noUnconditionalUpdate().onCreate(OtherStrategies::newBudget)
                .validating(PolicyValidation::disruptionBudget).validatingStatus(PolicyValidation::disruptionBudgetStatus).build());
        all.put(new GroupResource("autoscaling", "horizontalpodautoscalers"),
                TypeStrategy.plain().separatesStatus().onCreate(OtherStrategies::emptyStatus).validating(PolicyValidation::autoscaler).build());
        all.put(new GroupResource("coordination.k8s.io", "leases"), TypeStrategy.plain().createOnUpdate().noUnconditionalUpdate().validating(ClusterValidation::lease).build());
        all.put(new GroupResource("discovery.k8s.io", "endpointslices"), TypeStrategy.plain().tracksGeneration()
                .validating(NetworkValidation::endpointSlice).validatingUpdate(NetworkValidation::endpointSliceUpdate).build());
        all.put(new GroupResource("events.k8s.io", "events"), TypeStrategy.plain().createOnUpdate()
                .validating(ClusterValidation::event).validatingUpdate(ClusterValidation::eventUpdate).build());
        all.put(new GroupResource("scheduling.k8s.io", "priorityclasses"), TypeStrategy.plain().tracksGeneration()
                .validating(ClusterValidation::priorityClass).validatingUpdate(ClusterValidation::priorityClassUpdate).build());
        all.put(new GroupResource("node.k8s.io", "runtimeclasses"), TypeStrategy.plain().noUnconditionalUpdate().build());
        all.put(new GroupResource("certificates.k8s.io", "certificatesigningrequests"), new SigningRequestStrategy());
        networking(all);
        rbac(all);
        storage(all);
        extensions(all);
        return all;
    }

    private static void networking(Map<GroupResource, ResourceStrategy> all) {
        String group = "networking.k8s.io";
        all.put(new GroupResource(group, "networkpolicies"), TypeStrategy.plain().tracksGeneration().validating(NetworkValidation::networkPolicy).build());
        all.put(new GroupResource(group, "ingresses"), TypeStrategy.withStatus().onCreate(ingress -> ingress.putObject("status").putObject("loadBalancer"))
                .validating(NetworkValidation::ingress).build());
        all.put(new GroupResource(group, "ingressclasses"), TypeStrategy.plain().tracksGeneration()
                .validating(NetworkValidation::ingressClass).validatingUpdate(NetworkValidation::ingressClassUpdate).build());
        all.put(new GroupResource(group, "ipaddresses"), TypeStrategy.plain().validating(NetworkValidation::ipAddress).validatingUpdate(NetworkValidation::ipAddressUpdate).build());
        all.put(new GroupResource(group, "servicecidrs"), TypeStrategy.plain().separatesStatus().onCreate(OtherStrategies::emptyStatus)
                .validating(NetworkValidation::serviceCidr).validatingUpdate(NetworkValidation::serviceCidrUpdate).build());
    }

    private static void rbac(Map<GroupResource, ResourceStrategy> all) {
        String group = "rbac.authorization.k8s.io";
        all.put(new GroupResource(group, "roles"), rbacType().validating(RbacValidation::role).build());
        all.put(new GroupResource(group, "clusterroles"), rbacType().validating(RbacValidation::clusterRole).build());
        all.put(new GroupResource(group, "rolebindings"), rbacType().validating(RbacValidation::roleBinding).validatingUpdate(RbacValidation::bindingUpdate).build());
        all.put(new GroupResource(group, "clusterrolebindings"),
                rbacType().validating(RbacValidation::clusterRoleBinding).validatingUpdate(RbacValidation::bindingUpdate).build());
    }

    private static TypeStrategy.Builder rbacType() {
        return TypeStrategy.plain().named(NameRule.PATH_SEGMENT).createOnUpdate();
    }

    private static void storage(Map<GroupResource, ResourceStrategy> all) {
        String group = "storage.k8s.io";
        all.put(new GroupResource(group, "storageclasses"), TypeStrategy.plain().returnsDeletedObject()
                .validating(VolumeValidation::storageClass).validatingUpdate(VolumeValidation::storageClassUpdate).build());
        all.put(new GroupResource(group, "csidrivers"), TypeStrategy.plain().tracksGeneration().noUnconditionalUpdate().build());
        all.put(new GroupResource(group, "csinodes"), TypeStrategy.plain().noUnconditionalUpdate().build());
        all.put(new GroupResource(group, "csistoragecapacities"), TypeStrategy.plain().noUnconditionalUpdate().build());
        all.put(new GroupResource(group, "volumeattachments"), TypeStrategy.plain().separatesStatus().noUnconditionalUpdate().onCreate(OtherStrategies::emptyStatus).build());
        all.put(new GroupResource(group, "volumeattributesclasses"), TypeStrategy.plain().build());
    }

    private static void extensions(Map<GroupResource, ResourceStrategy> all) {
        String admission = "admissionregistration.k8s.io";
        for (String resource : new String[] {"mutatingwebhookconfigurations", "validatingwebhookconfigurations", "validatingadmissionpolicybindings",
            "mutatingadmissionpolicies", "mutatingadmissionpolicybindings"}) {
            all.put(new GroupResource(admission, resource), TypeStrategy.plain().tracksGeneration().noUnconditionalUpdate().build());
        }
        all.put(new GroupResource(admission, "validatingadmissionpolicies"),
                TypeStrategy.withStatus().noUnconditionalUpdate().onCreate(OtherStrategies::emptyStatus).build());
        for (String resource : new String[] {"flowschemas", "prioritylevelconfigurations"}) {
            all.put(new GroupResource("flowcontrol.apiserver.k8s.io", resource), TypeStrategy.withStatus().onCreate(OtherStrategies::emptyStatus).build());
        }
        all.put(new GroupResource("apiregistration.k8s.io", "apiservices"),
                TypeStrategy.plain().separatesStatus().noUnconditionalUpdate().onCreate(OtherStrategies::emptyStatus).build());
    }

    private static void newBudget(ObjectNode budget) {
        budget.putObject("status").put("disruptionsAllowed", 0).put("currentHealthy", 0).put("desiredHealthy", 0).put("expectedPods", 0);
    }

    private static void emptyStatus(ObjectNode object) {
        object.putObject("status");
    }
}
