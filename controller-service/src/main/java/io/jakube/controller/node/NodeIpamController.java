package io.jakube.controller.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.client.PatchType;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.informer.Lister;
import io.jakube.common.json.Json;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.controller.runtime.Write;
import java.util.List;
import java.util.Optional;

/** Gives each node its part of the pod network, in {@code spec.podCIDR}. One worker, which reads its own writes: no network is given twice. */
public final class NodeIpamController {
    private final Lister<Node> nodes;
    private final PodNetworks networks;
    private final EventRecorder events;

    /** @param podCidr the pod network, IPv4 */
    public NodeIpamController(ControllerScope scope, String podCidr) {
        networks = PodNetworks.parse(podCidr);
        nodes = scope.lister(Node.class);
        events = scope.events();
        ReconcileLoop loop = scope.loop("node-ipam", 1, this::reconcile);
        scope.watchEach(Node.class, node -> {
            if (!hasNetwork(node)) {
                loop.add(ControllerScope.keyOf(node));
            }
        });
    }

    private static boolean hasNetwork(Node node) {
        return node.getSpec() != null && node.getSpec().getPodCIDR() != null && !node.getSpec().getPodCIDR().isEmpty();
    }

    private Plan reconcile(ObjectKey key) {
        Node node = nodes.get(key).orElse(null);
        if (node == null || hasNetwork(node) || node.getMetadata().getDeletionTimestamp() != null) {
            return Plan.NOTHING;
        }
        List<String> taken = nodes.list().stream().filter(NodeIpamController::hasNetwork).map(n -> n.getSpec().getPodCIDR()).toList();
        Optional<String> network = networks.firstFree(taken);
        if (network.isEmpty()) {
            events.warning(node, "CIDRNotAvailable", "Node " + key.name() + " status is now: CIDRNotAvailable");
            throw new IllegalStateException("the pod network has no part left for node " + key.name());
        }
        ObjectNode patch = Json.object();
        patch.putObject("spec").put("podCIDR", network.get()).putArray("podCIDRs").add(network.get());
        return Plan.of(new Write.Patch(Node.class, "", key.name(), "", PatchType.MERGE, patch));
    }
}
