package io.jakube.apiserver.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.TestApiServer;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class KubernetesServiceTest {
    private static final ClusterSettings SETTINGS = new ClusterSettings("10.96.0.1", "192.0.2.5", 6443, "PEM");
    private static final GroupResource SERVICES = GroupResource.core("services");
    private static final GroupResource ENDPOINTS = GroupResource.core("endpoints");
    private static final GroupResource ENDPOINT_SLICES = new GroupResource("discovery.k8s.io", "endpointslices");
    private static final GroupResource ADDRESSES = new GroupResource("networking.k8s.io", "ipaddresses");

    private final InMemoryObjectStore store = new InMemoryObjectStore();

    private static KubernetesService service(ObjectStore store, ClusterSettings settings) {
        return new KubernetesService(store, settings, Clock.systemUTC());
    }

    @Test
    void isWritten() throws Exception {
        service(store, SETTINGS).reconcile();
        ObjectNode service = store.get(SERVICES, "default", "kubernetes").orElseThrow();
        assertThat(service.path("spec").path("clusterIP").asText()).isEqualTo("10.96.0.1");
        assertThat(service.path("spec").path("ports").path(0).path("targetPort").asInt()).isEqualTo(6443);
        ObjectNode slice = store.get(ENDPOINT_SLICES, "default", "kubernetes").orElseThrow();
        assertThat(slice.path("endpoints").path(0).path("addresses").path(0).asText()).isEqualTo("192.0.2.5");
        int writes = store.writes();
        service(store, SETTINGS).reconcile();
        assertThat(store.writes()).isEqualTo(writes);
    }

    @Test
    void endpointsFollowTheAdvertisedAddress() throws Exception {
        service(store, SETTINGS).reconcile();
        service(store, new ClusterSettings("10.96.0.1", "192.0.2.6", 7443, "PEM")).reconcile();
        ObjectNode endpoints = store.get(ENDPOINTS, "default", "kubernetes").orElseThrow();
        assertThat(endpoints.path("subsets").path(0).path("addresses").path(0).path("ip").asText()).isEqualTo("192.0.2.6");
        assertThat(endpoints.path("subsets").path(0).path("ports").path(0).path("port").asInt()).isEqualTo(7443);
        assertThat(store.get(SERVICES, "default", "kubernetes").orElseThrow().path("spec").path("ports").path(0).path("targetPort").asInt()).isEqualTo(7443);
    }

    @Test
    void aLoopbackAddressIsNotAdvertised() throws Exception {
        service(store, new ClusterSettings("10.96.0.1", "127.0.0.1", 6443, "PEM")).reconcile();
        assertThat(store.get(SERVICES, "default", "kubernetes")).isPresent();
        assertThat(store.get(ENDPOINTS, "default", "kubernetes")).isEmpty();
    }

    /** Servers that start together create the service together; the address one of them holds already is no failure of the others. */
    @Test
    void manyMayCreateItAtOnce() throws Exception {
        try (TestApiServer server = new TestApiServer(); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ObjectStore objects = server.server().objects();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                running.add(threads.submit(() -> {
                    service(objects, SETTINGS).reconcile();
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            assertThat(objects.get(SERVICES, "default", "kubernetes").orElseThrow().path("spec").path("clusterIP").asText()).isEqualTo("10.96.0.1");
            long revision = server.store().currentRevision();
            service(objects, SETTINGS).reconcile();
            assertThat(server.store().currentRevision()).as("nothing is left to write").isEqualTo(revision);
        }
    }

    /** A server that is killed between taking the address and storing the service leaves the address taken. */
    @Test
    void anAddressThatWasAbandonedIsTakenBack() throws Exception {
        try (TestApiServer server = new TestApiServer()) {
            ObjectStore objects = server.server().objects();
            objects.create(ADDRESSES, InMemoryObjectStore.parse("{'apiVersion':'networking.k8s.io/v1','kind':'IPAddress','metadata':{'name':'10.96.0.1',"
                    + "'labels':{'ipaddress.kubernetes.io/managed-by':'ipallocator.k8s.io'}},'spec':{'parentRef':{'resource':'services','namespace':'default','name':'kubernetes'}}}"));
            assertThatThrownBy(() -> service(objects, SETTINGS).reconcile()).as("somebody may be about to store the service").hasMessageContaining("already allocated");
            InstantSource later = InstantSource.offset(Clock.systemUTC(), Duration.ofSeconds(30));
            assertThat(later.instant()).isAfter(Instant.now());
            new KubernetesService(objects, SETTINGS, later).reconcile();
            assertThat(objects.get(SERVICES, "default", "kubernetes")).isPresent();
        }
    }
}
