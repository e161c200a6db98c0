package io.jakube.apiserver.admission;

import static io.jakube.apiserver.admission.PodAdmissionTest.ANN;
import static io.jakube.apiserver.admission.PodAdmissionTest.mutated;
import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.authorization.Authorizer;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.common.api.GroupResource;
import org.junit.jupiter.api.Test;

class SmallPluginsTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @Test
    void claimsGetTheNewestDefaultClass() {
        String marked = "'annotations':{'storageclass.kubernetes.io/is-default-class':'true'}";
        store.create(StorageAdmission.CLASSES, "{'metadata':{'name':'old','creationTimestamp':'2026-01-01T00:00:00Z'," + marked + "}}");
        store.create(StorageAdmission.CLASSES, "{'metadata':{'name':'new','creationTimestamp':'2026-02-01T00:00:00Z'," + marked + "}}");
        StorageAdmission.DefaultStorageClass plugin = new StorageAdmission.DefaultStorageClass(store);
        ObjectNode claim = parse("{'metadata':{'name':'c'},'spec':{}}");
        plugin.mutate(AdmissionRequests.create(ANN, "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "ns", claim));
        assertThat(claim.path("spec").path("storageClassName").asText()).isEqualTo("new");
        ObjectNode none = parse("{'metadata':{'name':'c'},'spec':{'storageClassName':''}}");
        plugin.mutate(AdmissionRequests.create(ANN, "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "ns", none));
        assertThat(none.path("spec").path("storageClassName").asText()).isEmpty();
    }

    @Test
    void claimsGrowOnlyWhereTheirClassAllows() {
        store.create(StorageAdmission.CLASSES, "{'metadata':{'name':'fixed'}}");
        store.create(StorageAdmission.CLASSES, "{'metadata':{'name':'elastic'},'allowVolumeExpansion':true}");
        String claim = "{'metadata':{'name':'c'},'spec':{'storageClassName':'%s','resources':{'requests':{'storage':'%s'}}},'status':{'phase':'Bound'}}";
        StorageAdmission.PersistentVolumeClaimResize plugin = new StorageAdmission.PersistentVolumeClaimResize(store);
        assertThatCode(() -> plugin.validate(AdmissionRequests.update(ANN, "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "", "ns", parse(claim.formatted("elastic", "2Gi")), parse(claim.formatted("elastic", "1Gi")))))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> plugin.validate(AdmissionRequests.update(ANN, "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "", "ns", parse(claim.formatted("fixed", "2Gi")), parse(claim.formatted("fixed", "1Gi")))))
                .hasMessageContaining("only dynamically provisioned pvc can be resized");
    }

    @Test
    void runtimeClassesBringOverheadAndConstraints() {
        store.create(new GroupResource("node.k8s.io", "runtimeclasses"), "{'metadata':{'name':'vm'},'handler':'kata','overhead':{'podFixed':{'cpu':'250m'}},'scheduling':{'nodeSelector':{'vm':'yes'},'tolerations':[{'key':'vm'}]}}");
        RuntimeClass plugin = new RuntimeClass(store);
        ObjectNode pod = mutated(plugin, "{'spec':{'runtimeClassName':'vm'}}");
        assertThat(pod.path("spec").toString()).isEqualTo("{\"runtimeClassName\":\"vm\",\"overhead\":{\"cpu\":\"250m\"},\"nodeSelector\":{\"vm\":\"yes\"},\"tolerations\":[{\"key\":\"vm\"}]}");
        assertThatThrownBy(() -> mutated(plugin, "{'metadata':{'name':'p'},'spec':{'runtimeClassName':'none'}}")).hasMessage("pods \"p\" is forbidden: pod rejected: RuntimeClass \"none\" not found");
        assertThatThrownBy(() -> mutated(plugin, "{'metadata':{'name':'p'},'spec':{'runtimeClassName':'vm','nodeSelector':{'vm':'no'}}}")).hasMessageContaining("conflict: runtimeClass.scheduling.nodeSelector");
    }

    @Test
    void approvalNeedsTheSignersRight() {
        Authorizer onlyKubelet = (user, info) -> new Authorizer.Decision(
                info.verb().equals("approve") && info.name().equals("kubernetes.io/kubelet-serving") ? Authorizer.Verdict.ALLOW : Authorizer.Verdict.NO_OPINION, "");
        AdmissionPlugin plugin = CertificateAdmission.SignerRight.approval(onlyKubelet);
        String request = "{'metadata':{'name':'r'},'spec':{'signerName':'kubernetes.io/%s'}}";
        assertThatCode(() -> plugin.validate(approval(request.formatted("kubelet-serving")))).doesNotThrowAnyException();
        assertThatThrownBy(() -> plugin.validate(approval(request.formatted("kube-apiserver-client"))))
                .hasMessage("certificatesigningrequests.certificates.k8s.io \"r\" is forbidden: user not permitted to approve requests with signerName \"kubernetes.io/kube-apiserver-client\"");
    }

    private static AdmissionRequest approval(String request) {
        return AdmissionRequests.update(ANN, "certificates.k8s.io/v1", "CertificateSigningRequest", "certificatesigningrequests", "approval", "", parse(request), parse(request));
    }
}
