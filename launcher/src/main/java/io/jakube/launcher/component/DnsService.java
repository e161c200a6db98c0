package io.jakube.launcher.component;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.jakube.common.client.ApiClients;
import io.jakube.common.client.RestClient;
import io.jakube.common.status.ApiException;
import io.jakube.launcher.LaunchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The service {@code kube-system/kube-dns}: where people and tools look for cluster DNS, and what keeps its address from being given to another service. It has neither selector nor
 * endpoints, as every node serves the address itself.
 */
public final class DnsService {
    private final Path kubeconfig;

    /** @param kubeconfig the administrator's */
    public DnsService(Path kubeconfig) {
        this.kubeconfig = requireNonNull(kubeconfig, "kubeconfig is null");
    }

    /** Creates the service unless it exists. */
    public void ensure() {
        try {
            RestClient client = ApiClients.restClient(kubeconfig, "jakube");
            if (!exists(client)) {
                client.create(service());
            }
        } catch (ApiException e) {
            throw new LaunchException("The service kube-system/kube-dns could not be created: " + e.getMessage(), e);
        } catch (IOException | UncheckedIOException e) {
            throw new LaunchException("The service kube-system/kube-dns could not be created (" + e.getMessage() + ").", e);
        }
    }

    /** Asked first, as creating it again fails for its address before it fails for its name. */
    private static boolean exists(RestClient client) {
        try {
            client.get(Service.class, "kube-system", "kube-dns");
            return true;
        } catch (ApiException e) {
            if (e.is("NotFound")) {
                return false;
            }
            throw e;
        }
    }

    static Service service() {
        return new ServiceBuilder()
                .withNewMetadata().withNamespace("kube-system").withName("kube-dns").addToLabels("k8s-app", "kube-dns").endMetadata()
                .withNewSpec().withClusterIP(Cluster.DNS_ADDRESS)
                .addNewPort().withName("dns").withProtocol("UDP").withPort(53).withTargetPort(new IntOrString(53)).endPort()
                .addNewPort().withName("dns-tcp").withProtocol("TCP").withPort(53).withTargetPort(new IntOrString(53)).endPort()
                .endSpec().build();
    }
}
