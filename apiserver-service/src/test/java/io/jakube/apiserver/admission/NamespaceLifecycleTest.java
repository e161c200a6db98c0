package io.jakube.apiserver.admission;

import static io.jakube.apiserver.admission.PodAdmissionTest.ANN;
import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.status.ApiException;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class NamespaceLifecycleTest {
    private static final GroupResource NAMESPACES = GroupResource.core("namespaces");

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final NamespaceLifecycle lifecycle = new NamespaceLifecycle(store, Clock.systemUTC());

    private static AdmissionRequest createIn(String namespace) {
        return AdmissionRequests.create(ANN, "v1", "ConfigMap", "configmaps", namespace, parse("{'metadata':{'name':'c'}}"));
    }

    private static AdmissionRequest deleteNamespace(String name) {
        return AdmissionRequests.delete(ANN, "v1", "Namespace", "namespaces", "", parse("{'metadata':{'name':'" + name + "'}}"));
    }

    @Test
    void objectsAreCreatedInActiveNamespacesOnly() {
        store.create(NAMESPACES, "{'metadata':{'name':'ns'},'status':{'phase':'Active'}}");
        store.create(NAMESPACES, "{'metadata':{'name':'old'},'status':{'phase':'Terminating'}}");
        assertThatCode(() -> lifecycle.mutate(createIn("ns"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> lifecycle.mutate(createIn("none"))).hasMessage("namespaces \"none\" not found");
        ApiException refused = catchThrowableOfType(ApiException.class, () -> lifecycle.mutate(createIn("old")));
        assertThat(refused).hasMessage("configmaps \"c\" is forbidden: unable to create new content in namespace old because it is being terminated");
        assertThat(refused.causes()).containsExactly(new ApiException.Cause("NamespaceTerminating", "namespace old is being terminated", "metadata.namespace"));
    }

    @Test
    void someNamespacesStay() {
        assertThatThrownBy(() -> lifecycle.mutate(deleteNamespace("kube-system"))).hasMessage("namespaces \"kube-system\" is forbidden: this namespace may not be deleted");
        assertThatCode(() -> lifecycle.mutate(deleteNamespace("ns"))).doesNotThrowAnyException();
    }
}
