package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.TypeStrategy;
import io.jakube.apiserver.registry.core.allocation.ServiceAllocations;
import io.jakube.apiserver.validation.ClusterValidation;
import io.jakube.apiserver.validation.ConfigValidation;
import io.jakube.apiserver.validation.NetworkValidation;
import io.jakube.apiserver.validation.PodValidation;
import io.jakube.apiserver.validation.PolicyValidation;
import io.jakube.apiserver.validation.VolumeValidation;
import io.jakube.apiserver.validation.WorkloadValidation;
import io.jakube.common.api.GroupResource;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/** The core group. */
public final class CoreStrategies {
    private CoreStrategies() {}

    public static Map<GroupResource, ResourceStrategy> all(ServiceAllocations allocations, InstantSource clock) {
        Map<GroupResource, ResourceStrategy> all = new HashMap<>();
        all.put(GroupResource.core("pods"), new PodStrategy());
        all.put(GroupResource.core("services"), new ServiceStrategy(allocations));
        all.put(GroupResource.core("namespaces"), new NamespaceStrategy());
        all.put(GroupResource.core("secrets"), new SecretStrategy());
        all.put(GroupResource.core("configmaps"), TypeStrategy.plain().validating(ConfigValidation::configMap).validatingUpdate(ConfigValidation::configMapUpdate).build());
        all.put(GroupResource.core("serviceaccounts"), TypeStrategy.plain().returnsDeletedObject().build());
        all.put(GroupResource.core("endpoints"), TypeStrategy.plain().createOnUpdate().validating(NetworkValidation::endpoints).build());
        all.put(GroupResource.core("events"), TypeStrategy.plain().createOnUpdate().validating(ClusterValidation::event).validatingUpdate(ClusterValidation::eventUpdate).build());
        all.put(GroupResource.core("limitranges"), TypeStrategy.plain().createOnUpdate().validating(PolicyValidation::limitRange).build());
        all.put(GroupResource.core("podtemplates"), TypeStrategy.plain().tracksGeneration().returnsDeletedObject().validating(PodValidation::podTemplate).build());
        all.put(GroupResource.core("nodes"), TypeStrategy.plain().separatesStatus().keepsStatusOnCreate()
                .validating(ClusterValidation::node).validatingUpdate(ClusterValidation::nodeUpdate).build());
        all.put(GroupResource.core("replicationcontrollers"), TypeStrategy.withStatus().onCreate(controller -> controller.putObject("status").put("replicas", 0))
                .validating(WorkloadValidation::replicationController).build());
        all.put(GroupResource.core("resourcequotas"), TypeStrategy.plain().separatesStatus().onCreate(quota -> quota.putObject("status")).returnsDeletedObject()
                .validating(PolicyValidation::resourceQuota).validatingUpdate(PolicyValidation::resourceQuotaUpdate).build());
        all.put(GroupResource.core("persistentvolumes"), TypeStrategy.plain().separatesStatus().onCreate(volume -> volume.putObject("status")
                .put("phase", "Pending").put("lastPhaseTransitionTime", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString())).returnsDeletedObject()
                .validating(VolumeValidation::volume).validatingUpdate(VolumeValidation::volumeUpdate).build());
        all.put(GroupResource.core("persistentvolumeclaims"), TypeStrategy.plain().separatesStatus().onCreate(CoreStrategies::newClaim).returnsDeletedObject()
                .validating(VolumeValidation::claim).validatingUpdate(VolumeValidation::claimUpdate).build());
        return all;
    }

    /** KEP-1495: {@code dataSource} and {@code dataSourceRef} say the same where the source is in the claim's namespace. */
    private static void newClaim(ObjectNode claim) {
        claim.putObject("status").put("phase", "Pending");
        ObjectNode spec = ensureObject(claim, "spec");
        ObjectNode source = object(spec, "dataSource");
        ObjectNode reference = object(spec, "dataSourceRef");
        if (source != null && reference == null) {
            spec.set("dataSourceRef", source.deepCopy());
        } else if (reference != null && source == null && text(reference, "namespace").isEmpty()) {
            spec.set("dataSource", reference.deepCopy());
        }
    }
}
