package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.TypeStrategy;
import io.jakube.apiserver.registry.core.allocation.ServiceAllocations;
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
        all.put(GroupResource.core("configmaps"), TypeStrategy.plain().build());
        all.put(GroupResource.core("serviceaccounts"), TypeStrategy.plain().build());
        all.put(GroupResource.core("endpoints"), TypeStrategy.plain().createOnUpdate().build());
        all.put(GroupResource.core("events"), TypeStrategy.plain().createOnUpdate().build());
        all.put(GroupResource.core("limitranges"), TypeStrategy.plain().createOnUpdate().build());
        all.put(GroupResource.core("podtemplates"), TypeStrategy.plain().tracksGeneration().build());
        all.put(GroupResource.core("nodes"), TypeStrategy.plain().separatesStatus().build());
        all.put(GroupResource.core("replicationcontrollers"), TypeStrategy.withStatus().onCreate(controller -> controller.putObject("status").put("replicas", 0)).build());
        all.put(GroupResource.core("resourcequotas"), TypeStrategy.plain().separatesStatus().onCreate(quota -> quota.putObject("status")).build());
        all.put(GroupResource.core("persistentvolumes"), TypeStrategy.plain().separatesStatus().onCreate(volume -> volume.putObject("status")
                .put("phase", "Pending").put("lastPhaseTransitionTime", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString())).build());
        all.put(GroupResource.core("persistentvolumeclaims"), TypeStrategy.plain().separatesStatus().onCreate(CoreStrategies::newClaim).build());
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
