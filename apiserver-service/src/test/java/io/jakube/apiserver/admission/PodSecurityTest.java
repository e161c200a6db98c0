package io.jakube.apiserver.admission;

import static io.jakube.apiserver.admission.PodAdmissionTest.ANN;
import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.apiserver.admission.PodSecurityStandards.Level;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.common.api.GroupResource;
import org.junit.jupiter.api.Test;

class PodSecurityTest {
    private static final String PLAIN = "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'nginx','image':'nginx'}]}}";
    private static final String GOOD = "{'metadata':{'name':'p'},'spec':{'securityContext':{'runAsNonRoot':true,'seccompProfile':{'type':'RuntimeDefault'}},"
            + "'containers':[{'name':'c','securityContext':{'allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL']}}}]}}";
    private static final String BAD = "{'metadata':{'name':'p'},'spec':{'hostNetwork':true,'volumes':[{'name':'h','hostPath':{'path':'/'}}],'securityContext':{'sysctls':[{'name':'kernel.x'}]},"
            + "'containers':[{'name':'a','ports':[{'hostPort':80}],'securityContext':{'privileged':true,'capabilities':{'add':['SYS_ADMIN']}}},{'name':'b','securityContext':{'privileged':true}}]}}";

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final PodSecurity plugin = new PodSecurity(store);

    @Test
    void restrictedNamesWhatIsMissingInUpstreamsWords() {
        assertThat(String.join(", ", PodSecurityStandards.violations(Level.RESTRICTED, parse(PLAIN)))).isEqualTo(
                "allowPrivilegeEscalation != false (container \"nginx\" must set securityContext.allowPrivilegeEscalation=false), "
                        + "unrestricted capabilities (container \"nginx\" must set securityContext.capabilities.drop=[\"ALL\"]), "
                        + "runAsNonRoot != true (pod or container \"nginx\" must set securityContext.runAsNonRoot=true), "
                        + "seccompProfile (pod or container \"nginx\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")");
        assertThat(PodSecurityStandards.violations(Level.RESTRICTED, parse(GOOD))).isEmpty();
    }

    @Test
    void baselineAllowsTheUsualOnly() {
        assertThat(PodSecurityStandards.violations(Level.BASELINE, parse(PLAIN))).isEmpty();
        assertThat(PodSecurityStandards.violations(Level.BASELINE, parse(BAD))).containsExactly(
                "non-default capabilities (container \"a\" must not include \"SYS_ADMIN\" in securityContext.capabilities.add)",
                "host namespaces (hostNetwork=true)", "hostPath volumes (volume \"h\")", "hostPort (container \"a\" uses hostPort 80)",
                "privileged (containers \"a\", \"b\" must not set securityContext.privileged=true)", "forbidden sysctls (kernel.x)");
        assertThat(PodSecurityStandards.violations(Level.PRIVILEGED, parse(BAD))).isEmpty();
    }

    @Test
    void namespacesChooseTheLevel() {
        store.create(GroupResource.core("namespaces"), "{'metadata':{'name':'ns','labels':{'pod-security.kubernetes.io/enforce':'baseline','pod-security.kubernetes.io/warn':'restricted'}}}");
        assertThatThrownBy(() -> plugin.validate(AdmissionRequests.create(ANN, "v1", "Pod", "pods", "ns", parse(BAD))))
                .hasMessageStartingWith("pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": non-default capabilities");
        AdmissionRequest plain = AdmissionRequests.create(ANN, "v1", "Pod", "pods", "ns", parse(PLAIN));
        plugin.validate(plain);
        assertThat(plain.context().warnings()).singleElement().asString().startsWith("would violate PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false");
        AdmissionRequest workload = AdmissionRequests.create(ANN, "apps/v1", "Deployment", "deployments", "ns", parse("{'metadata':{'name':'d'},'spec':{'template':" + BAD + "}}"));
        plugin.validate(workload);
        assertThat(workload.context().warnings()).hasSize(1);
        assertThatCode(() -> plugin.validate(AdmissionRequests.create(ANN, "v1", "Pod", "pods", "elsewhere", parse(BAD)))).doesNotThrowAnyException();
    }

    @Test
    void labelsAreChecked() {
        assertThatThrownBy(() -> plugin.validate(AdmissionRequests.create(ANN, "v1", "Namespace", "namespaces", "", parse("{'metadata':{'name':'n','labels':{'pod-security.kubernetes.io/enforce':'strict'}}}"))))
                .hasMessage("Namespace \"n\" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"strict\": must be one of privileged, baseline, restricted");
    }
}
