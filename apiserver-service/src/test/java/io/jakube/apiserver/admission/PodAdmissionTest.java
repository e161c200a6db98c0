package io.jakube.apiserver.admission;

import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.api.GroupResource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodAdmissionTest {
    static final UserInfo ANN = new UserInfo("ann", "", List.of(), Map.of());
    private static final GroupResource ACCOUNTS = GroupResource.core("serviceaccounts");
    private static final GroupResource CLASSES = new GroupResource("scheduling.k8s.io", "priorityclasses");

    private final InMemoryObjectStore store = new InMemoryObjectStore();

    static ObjectNode mutated(AdmissionPlugin plugin, String pod) {
        ObjectNode object = parse(pod);
        plugin.mutate(AdmissionRequests.create(ANN, "v1", "Pod", "pods", "ns", object));
        return object;
    }

    private ObjectNode withAccount(String account, String pod) {
        store.create(ACCOUNTS, account);
        return mutated(new ServiceAccountAdmission(store), pod);
    }

    @Test
    void podsGetTheDefaultAccountWithItsVolume() {
        ObjectNode pod = withAccount("{'metadata':{'name':'default','namespace':'ns'},'imagePullSecrets':[{'name':'reg'}]}",
                "{'metadata':{'name':'p'},'spec':{'initContainers':[{'name':'i'}],'containers':[{'name':'a'},{'name':'b','volumeMounts':[{'name':'x','mountPath':'/var/run/secrets/kubernetes.io/serviceaccount'}]}]}}");
        JsonNode spec = pod.path("spec");
        assertThat(spec.path("serviceAccountName").asText()).isEqualTo("default");
        assertThat(spec.path("serviceAccount").asText()).isEqualTo("default");
        assertThat(spec.path("imagePullSecrets").path(0).path("name").asText()).isEqualTo("reg");
        JsonNode volume = spec.path("volumes").path(0);
        assertThat(volume.path("name").asText()).matches("kube-api-access-[a-z0-9]{5}");
        assertThat(volume.path("projected").path("sources").toString()).isEqualTo(parse("""
                {'s':[{'serviceAccountToken':{'expirationSeconds':3607,'path':'token'}},{'configMap':{'name':'kube-root-ca.crt','items':[{'key':'ca.crt','path':'ca.crt'}]}},
                {'downwardAPI':{'items':[{'path':'namespace','fieldRef':{'apiVersion':'v1','fieldPath':'metadata.namespace'}}]}}]}""").path("s").toString());
        assertThat(spec.path("containers").path(0).path("volumeMounts").path(0).path("name")).isEqualTo(volume.path("name"));
        assertThat(spec.path("initContainers").path(0).path("volumeMounts").path(0).path("readOnly").asBoolean()).isTrue();
        assertThat(spec.path("containers").path(1).path("volumeMounts")).hasSize(1);
    }

    @Test
    void automountMayBeSwitchedOff() {
        assertThat(withAccount("{'metadata':{'name':'default','namespace':'ns'},'automountServiceAccountToken':false}", "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'a'}]}}").path("spec").has("volumes")).isFalse();
        assertThat(withAccount("{'metadata':{'name':'a','namespace':'ns'}}", "{'metadata':{'name':'p'},'spec':{'serviceAccountName':'a','automountServiceAccountToken':false,'containers':[{'name':'a'}]}}").path("spec").has("volumes")).isFalse();
    }

    @Test
    void anUnknownAccountIsRefused() {
        assertThatThrownBy(() -> mutated(new ServiceAccountAdmission(store), "{'metadata':{'name':'p'},'spec':{'serviceAccountName':'none'}}"))
                .hasMessage("pods \"p\" is forbidden: error looking up service account ns/none: serviceaccount \"none\" not found");
    }

    @Test
    void mirrorPodsReferToNothing() {
        String mirror = "{'metadata':{'name':'p','annotations':{'kubernetes.io/config.mirror':'x'}},'spec':{%s}}";
        assertThat(mutated(new ServiceAccountAdmission(store), mirror.formatted("")).path("spec").has("serviceAccountName")).isFalse();
        assertThatThrownBy(() -> mutated(new ServiceAccountAdmission(store), mirror.formatted("'serviceAccountName':'a'"))).hasMessageContaining("a mirror pod may not reference service accounts");
    }

    @Test
    void missingTolerationsAreAdded() {
        assertThat(mutated(new DefaultTolerationSeconds(), "{'spec':{}}").path("spec").path("tolerations")).hasSize(2);
        assertThat(mutated(new DefaultTolerationSeconds(), "{'spec':{'tolerations':[{'operator':'Exists'}]}}").path("spec").path("tolerations")).hasSize(1);
        assertThat(mutated(new DefaultTolerationSeconds(), "{'spec':{'tolerations':[{'key':'node.kubernetes.io/not-ready','effect':'NoExecute','tolerationSeconds':5}]}}").path("spec").path("tolerations").path(1).toString())
                .isEqualTo(parse("{'key':'node.kubernetes.io/unreachable','operator':'Exists','effect':'NoExecute','tolerationSeconds':300}").toString());
    }

    @Test
    void priorityComesFromTheClass() {
        Priority plugin = new Priority(store);
        assertThat(mutated(plugin, "{'spec':{}}").path("spec").toString()).isEqualTo("{\"priority\":0,\"preemptionPolicy\":\"PreemptLowerPriority\"}");
        store.create(CLASSES, "{'metadata':{'name':'high'},'value':1000,'preemptionPolicy':'Never'}");
        store.create(CLASSES, "{'metadata':{'name':'usual'},'value':5,'globalDefault':true}");
        assertThat(mutated(plugin, "{'spec':{'priorityClassName':'high'}}").path("spec").toString()).isEqualTo("{\"priorityClassName\":\"high\",\"priority\":1000,\"preemptionPolicy\":\"Never\"}");
        assertThat(mutated(plugin, "{'spec':{}}").path("spec").path("priorityClassName").asText()).isEqualTo("usual");
        assertThatThrownBy(() -> mutated(plugin, "{'metadata':{'name':'p'},'spec':{'priorityClassName':'none'}}")).hasMessage("pods \"p\" is forbidden: no PriorityClass with name none was found");
        assertThatThrownBy(() -> mutated(plugin, "{'metadata':{'name':'p'},'spec':{'priorityClassName':'high','priority':7}}")).hasMessageContaining("the integer value of priority (7) must not be provided in pod spec");
        assertThatThrownBy(() -> plugin.validate(AdmissionRequests.create(ANN, "scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", "", parse("{'metadata':{'name':'other'},'globalDefault':true}"))))
                .hasMessageContaining("PriorityClass usual is already marked as default");
    }
}
