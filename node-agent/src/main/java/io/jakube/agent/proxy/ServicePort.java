package io.jakube.agent.proxy;

import static java.util.Objects.requireNonNull;

import io.jakube.common.api.ObjectKey;
import java.util.List;

/**
 * One port of a Service with everything the kernel must know of it.
 *
 * @param portName empty for an unnamed port
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 * @param nodePort 0 for none
 * @param sourceRanges clients that may use the load balancer addresses, as CIDRs; empty for all
 * @param affinitySeconds how long a client stays with its endpoint, 0 for no affinity
 * @param internalLocal connections to the cluster IP go to endpoints of this node only
 * @param externalLocal connections from outside go to endpoints of this node only and keep their source address
 * @param healthCheckNodePort where load balancers ask whether this node has endpoints, 0 for nowhere
 * @param endpoints what the policies choose from
 */
public record ServicePort(
        ObjectKey service,
        String portName,
        String protocol,
        String clusterIp,
        int port,
        int nodePort,
        List<String> externalIps,
        List<String> loadBalancerIps,
        List<String> sourceRanges,
        int affinitySeconds,
        boolean internalLocal,
        boolean externalLocal,
        int healthCheckNodePort,
        EndpointSelection endpoints) {

    public ServicePort {
        requireNonNull(service, "service is null");
        requireNonNull(endpoints, "endpoints is null");
        externalIps = List.copyOf(externalIps);
        loadBalancerIps = List.copyOf(loadBalancerIps);
        sourceRanges = List.copyOf(sourceRanges);
    }

    /** {@code namespace/name}, with {@code :port} if the port has a name. */
    public String qualifiedName() {
        return service.namespace() + "/" + service.name() + (portName.isEmpty() ? "" : ":" + portName);
    }

    public boolean externallyAccessible() {
        return nodePort != 0 || !externalIps.isEmpty() || !loadBalancerIps.isEmpty();
    }

    /** Whether some traffic may go to any endpoint of the cluster; traffic of pods to external addresses always may. */
    public boolean usesClusterEndpoints() {
        return !internalLocal || externallyAccessible();
    }

    public boolean usesLocalEndpoints() {
        return internalLocal || externalLocal && externallyAccessible();
    }
}
