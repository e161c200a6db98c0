package io.jakube.agent.proxy;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;

/** Services and EndpointSlices for tests, in namespace {@code default}. */
final class Objects {
    private Objects() {}

    /** A service with one TCP port 80 named http, whose slices have port 8080. */
    static ServiceBuilder service(String name, String clusterIp) {
        return new ServiceBuilder()
                .withNewMetadata().withNamespace("default").withName(name).endMetadata()
                .withNewSpec().withType("ClusterIP").withClusterIP(clusterIp).addNewPort().withName("http").withProtocol("TCP").withPort(80).endPort().endSpec();
    }

    static Service nodePort(String name, String clusterIp, int nodePort, String externalTrafficPolicy) {
        return service(name, clusterIp).editSpec().withType("NodePort").withExternalTrafficPolicy(externalTrafficPolicy).editFirstPort().withNodePort(nodePort).endPort().endSpec().build();
    }

    static EndpointSlice slice(String service, Endpoint... endpoints) {
        return new EndpointSliceBuilder()
                .withNewMetadata().withNamespace("default").withName(service + "-1").addToLabels("kubernetes.io/service-name", service).endMetadata()
                .withAddressType("IPv4")
                .addNewPort().withName("http").withProtocol("TCP").withPort(8080).endPort()
                .withEndpoints(List.of(endpoints))
                .build();
    }

    static Endpoint ready(String ip, String node) {
        return endpoint(ip, node, true, true, false);
    }

    static Endpoint endpoint(String ip, String node, boolean ready, boolean serving, boolean terminating) {
        return new EndpointBuilder().withAddresses(ip).withNodeName(node).withNewConditions().withReady(ready).withServing(serving).withTerminating(terminating).endConditions().build();
    }
}
