package io.jakube.agent.node;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.jakube.common.client.ApiClient;
import io.jakube.common.status.ApiException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** The node's heartbeat: its Lease in {@code kube-node-lease} (API concepts, "Leases"). Not thread-safe. */
final class NodeLease {
    private static final String NAMESPACE = "kube-node-lease";
    private static final int DURATION_SECONDS = 40;

    private final ApiClient client;
    private final String nodeName;
    private final InstantSource clock;
    private @Nullable Lease latest;

    NodeLease(ApiClient client, String nodeName, InstantSource clock) {
        this.client = requireNonNull(client, "client is null");
        this.nodeName = requireNonNull(nodeName, "nodeName is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Writes the present time; creates the lease if there is none. */
    void renew(Node node) {
        Lease known = latest;
        try {
            latest = known == null ? renewFresh(node) : client.update(renewed(known));
        } catch (ApiException e) {
            latest = null;
            if (known == null || e.code() != 404 && e.code() != 409) {
                throw e;
            }
            latest = renewFresh(node);
        }
    }

    private Lease renewFresh(Node node) {
        try {
            return client.update(renewed(client.get(Lease.class, NAMESPACE, nodeName)));
        } catch (ApiException e) {
            if (e.code() != 404) {
                throw e;
            }
            Lease lease = new LeaseBuilder()
                    .withNewMetadata()
                    .withNamespace(NAMESPACE)
                    .withName(nodeName)
                    .withOwnerReferences(new OwnerReferenceBuilder()
                            .withApiVersion("v1")
                            .withKind("Node")
                            .withName(nodeName)
                            .withUid(node.getMetadata().getUid())
                            .build())
                    .endMetadata()
                    .withNewSpec()
                    .withHolderIdentity(nodeName)
                    .withLeaseDurationSeconds(DURATION_SECONDS)
                    .endSpec()
                    .build();
            return client.create(renewed(lease));
        }
    }

    private Lease renewed(Lease lease) {
        return new LeaseBuilder(lease).editSpec().withHolderIdentity(nodeName).withRenewTime(clock.instant().atZone(ZoneOffset.UTC)).endSpec().build();
    }
}
