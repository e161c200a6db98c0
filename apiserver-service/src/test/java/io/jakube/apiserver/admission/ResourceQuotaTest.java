package io.jakube.apiserver.admission;

import static io.jakube.apiserver.admission.PodAdmissionTest.ANN;
import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ResourceQuotaTest {
    private static final GroupResource QUOTAS = GroupResource.core("resourcequotas");
    private static final GroupResource PODS = GroupResource.core("pods");

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };
    private final ResourceQuotaAdmission admission = new ResourceQuotaAdmission(store, clock);
    private final QuotaRecount recount = new QuotaRecount(store, admission, clock);

    private void quota(String hard) {
        quota(hard, "");
    }

    private void quota(String hard, String more) {
        store.create(QUOTAS, "{'metadata':{'name':'q','namespace':'ns'},'spec':{'hard':" + hard + more + "}}");
        recount.count();
    }

    private void create(String kind, String plural, String object) {
        ObjectNode parsed = parse(object);
        AdmissionRequest request = AdmissionRequests.create(ANN, "v1", kind, plural, "ns", parsed);
        boolean stored = false;
        try {
            admission.validate(request);
            parsed.withObject("/metadata").put("namespace", "ns");
            store.create(GroupResource.core(plural), parsed);
            stored = true;
        } finally {
            admission.finished(request, stored);
        }
    }

    private static String pod(String name, String requests) {
        return "{'metadata':{'name':'" + name + "'},'spec':{'containers':[{'name':'c','resources':{'requests':" + requests + "}}]}}";
    }

    private JsonNode used() {
        return store.get(QUOTAS, "ns", "q").orElseThrow().path("status").path("used");
    }

    @Test
    void countsUpToTheLimit() {
        quota("{'pods':'2'}");
        create("Pod", "pods", pod("a", "{}"));
        create("Pod", "pods", pod("b", "{}"));
        assertThatThrownBy(() -> create("Pod", "pods", pod("c", "{}"))).hasMessage("pods \"c\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2");
        assertThat(used().path("pods").asText()).isEqualTo("2");
    }

    @Test
    void whatGoesIsGivenBack() {
        quota("{'pods':'1','requests.cpu':'1'}");
        create("Pod", "pods", pod("a", "{'cpu':'700m'}"));
        store.delete(PODS, "ns", "a", Json.object());
        recount.count();
        assertThat(used().path("pods").asText()).as("booked a moment ago").isEqualTo("1");
        now = now.plusSeconds(3);
        recount.count();
        assertThat(used().toString()).isEqualTo("{\"pods\":\"0\",\"requests.cpu\":\"0\"}");
        assertThatCode(() -> create("Pod", "pods", pod("b", "{'cpu':'1'}"))).doesNotThrowAnyException();
    }

    /** A count while an object is on its way into the store must not take it off the books, however long the store takes. */
    @Test
    void aSlowStoreDoesNotOpenTheQuota() {
        quota("{'configmaps':'1'}");
        AdmissionRequest slow = AdmissionRequests.create(ANN, "v1", "ConfigMap", "configmaps", "ns", parse("{'metadata':{'name':'a'}}"));
        admission.validate(slow);
        now = now.plusSeconds(9);
        recount.count();
        recount.count();
        assertThatThrownBy(() -> create("ConfigMap", "configmaps", "{'metadata':{'name':'b'}}")).hasMessageContaining("used: configmaps=1");
        store.create(GroupResource.core("configmaps"), "{'metadata':{'name':'a','namespace':'ns'}}");
        admission.finished(slow, true);
        recount.count();
        assertThat(used().path("configmaps").asText()).isEqualTo("1");
    }

    /** What another server books shows in the quota before its object does. */
    @Test
    void whatAnotherServerBookedIsNotCountedAwayAtOnce() {
        quota("{'configmaps':'1'}");
        ResourceQuotaAdmission other = new ResourceQuotaAdmission(store, clock);
        AdmissionRequest request = AdmissionRequests.create(ANN, "v1", "ConfigMap", "configmaps", "ns", parse("{'metadata':{'name':'a'}}"));
        other.validate(request);
        recount.count();
        assertThat(used().path("configmaps").asText()).isEqualTo("1");
        other.finished(request, false);
        assertThat(used().path("configmaps").asText()).as("given back").isEqualTo("0");
    }

    @Test
    void whatIsNotStoredIsGivenBackAtOnce() {
        quota("{'configmaps':'1'}");
        AdmissionRequest refused = AdmissionRequests.create(ANN, "v1", "ConfigMap", "configmaps", "ns", parse("{'metadata':{'name':'a'}}"));
        admission.validate(refused);
        admission.finished(refused, false);
        assertThatCode(() -> create("ConfigMap", "configmaps", "{'metadata':{'name':'b'}}")).doesNotThrowAnyException();
    }

    @Test
    void computeResourcesMustBeNamed() {
        quota("{'requests.cpu':'1','limits.memory':'1Gi'}");
        assertThatThrownBy(() -> create("Pod", "pods", pod("a", "{}"))).hasMessage("pods \"a\" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c");
    }

    @Test
    void refusalsNameEachExceededResource() {
        quota("{'requests.cpu':'1','requests.memory':'1Gi','pods':'5'}");
        create("Pod", "pods", pod("a", "{'cpu':'600m','memory':'512Mi'}"));
        assertThatThrownBy(() -> create("Pod", "pods", pod("b", "{'cpu':'500m','memory':'600Mi'}")))
                .hasMessage("pods \"b\" is forbidden: exceeded quota: q, requested: requests.cpu=500m,requests.memory=600Mi, used: requests.cpu=600m,requests.memory=512Mi, limited: requests.cpu=1,requests.memory=1Gi");
    }

    @Test
    void servicesClaimsAndAnyObject() {
        quota("{'services.nodeports':'1','requests.storage':'2Gi','count/configmaps':'1','fast.storageclass.storage.k8s.io/requests.storage':'1Gi'}");
        create("Service", "services", "{'metadata':{'name':'s'},'spec':{'type':'NodePort','ports':[{'port':80}]}}");
        assertThatThrownBy(() -> create("Service", "services", "{'metadata':{'name':'t'},'spec':{'type':'NodePort','ports':[{'port':80}]}}")).hasMessageContaining("services.nodeports=1");
        assertThatThrownBy(() -> create("PersistentVolumeClaim", "persistentvolumeclaims", "{'metadata':{'name':'d'},'spec':{'storageClassName':'fast','resources':{'requests':{'storage':'2Gi'}}}}"))
                .hasMessageContaining("fast.storageclass.storage.k8s.io/requests.storage=2Gi");
        create("ConfigMap", "configmaps", "{'metadata':{'name':'m'}}");
        assertThatThrownBy(() -> create("ConfigMap", "configmaps", "{'metadata':{'name':'n'}}")).hasMessageContaining("count/configmaps=1");
    }

    @Test
    void scopesChoosePods() {
        quota("{'pods':'0'}", ",'scopes':['BestEffort']");
        assertThatThrownBy(() -> create("Pod", "pods", pod("a", "{}"))).hasMessageContaining("exceeded quota");
        assertThatCode(() -> create("Pod", "pods", pod("b", "{'cpu':'1m'}"))).doesNotThrowAnyException();
    }

    @Test
    void limitRangesDefaultAndRefuse() {
        store.create(GroupResource.core("limitranges"), "{'metadata':{'name':'l','namespace':'ns'},'spec':{'limits':[{'type':'Container','default':{'cpu':'500m'},'defaultRequest':{'cpu':'100m'},'max':{'cpu':'1'},'min':{'cpu':'50m'}}]}}");
        LimitRanger ranger = new LimitRanger(store);
        ObjectNode pod = PodAdmissionTest.mutated(ranger, "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c'}]}}");
        assertThat(pod.path("spec").path("containers").path(0).path("resources").toString()).isEqualTo("{\"requests\":{\"cpu\":\"100m\"},\"limits\":{\"cpu\":\"500m\"}}");
        assertThat(pod.path("metadata").path("annotations").path("kubernetes.io/limit-ranger").asText()).isEqualTo("LimitRanger plugin set: cpu request for container c; cpu limit for container c");
        ObjectNode big = parse("{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','resources':{'limits':{'cpu':'2'},'requests':{'cpu':'10m'}}}]}}");
        assertThatThrownBy(() -> ranger.validate(AdmissionRequests.create(ANN, "v1", "Pod", "pods", "ns", big)))
                .hasMessage("pods \"p\" is forbidden: [minimum cpu usage per Container is 50m, but request is 10m, maximum cpu usage per Container is 1, but limit is 2]");
    }
}
