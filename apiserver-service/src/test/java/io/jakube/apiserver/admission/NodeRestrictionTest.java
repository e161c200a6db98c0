package io.jakube.apiserver.admission;

import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.apiserver.request.UserInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeRestrictionTest {
    private static final UserInfo NODE = new UserInfo("system:node:n1", "", List.of("system:nodes"), Map.of());

    private final NodeRestriction restriction = new NodeRestriction(new InMemoryObjectStore());

    private void node(String name, String object, String old) {
        restriction.validate(AdmissionRequests.request(NODE, old.isEmpty() ? AdmissionRequest.Operation.CREATE : AdmissionRequest.Operation.UPDATE, "v1", "Node", "nodes", "", "", name,
                parse(object), old.isEmpty() ? null : parse(old)));
    }

    @Test
    void aNodeWritesItselfWithinLimits() {
        assertThatCode(() -> node("n1", "{'metadata':{'labels':{'kubernetes.io/hostname':'n1','app':'x','node.kubernetes.io/x':'y'}}}", "")).doesNotThrowAnyException();
        assertThatThrownBy(() -> node("n2", "{}", "")).hasMessage("nodes \"n2\" is forbidden: node \"n1\" is not allowed to modify node \"n2\"");
        assertThatThrownBy(() -> node("n1", "{'metadata':{'labels':{'node-role.kubernetes.io/control-plane':''}}}", ""))
                .hasMessage("nodes \"n1\" is forbidden: node \"n1\" is not allowed to set the following labels: node-role.kubernetes.io/control-plane");
        assertThatThrownBy(() -> node("n1", "{'spec':{}}", "{'spec':{'taints':[{'key':'a'}]}}")).hasMessageContaining("not allowed to modify taints");
        assertThatCode(() -> node("n1", "{'metadata':{'labels':{'node-role.kubernetes.io/x':''}}}", "{'metadata':{'labels':{'node-role.kubernetes.io/x':''}}}")).doesNotThrowAnyException();
    }

    @Test
    void aNodeWritesItsPodsStatusAndDeletesItsPods() {
        ObjectNode own = parse("{'metadata':{'name':'p'},'spec':{'nodeName':'n1'}}");
        ObjectNode foreign = parse("{'metadata':{'name':'p'},'spec':{'nodeName':'n2'}}");
        assertThatCode(() -> restriction.validate(AdmissionRequests.update(NODE, "v1", "Pod", "pods", "status", "ns", own, own))).doesNotThrowAnyException();
        assertThatThrownBy(() -> restriction.validate(AdmissionRequests.update(NODE, "v1", "Pod", "pods", "status", "ns", foreign, foreign))).hasMessageContaining("spec.nodeName set to itself");
        assertThatCode(() -> restriction.validate(AdmissionRequests.delete(NODE, "v1", "Pod", "pods", "ns", own))).doesNotThrowAnyException();
        assertThatThrownBy(() -> restriction.validate(AdmissionRequests.delete(NODE, "v1", "Pod", "pods", "ns", foreign))).hasMessageContaining("can only delete pods");
        assertThatThrownBy(() -> restriction.validate(AdmissionRequests.create(NODE, "v1", "Pod", "pods", "ns", own))).hasMessageContaining("can only create mirror pods");
    }

    @Test
    void newNodesAreTainted() {
        ObjectNode node = parse("{'metadata':{'name':'n1'}}");
        new TaintNodesByCondition().mutate(AdmissionRequests.create(NODE, "v1", "Node", "nodes", "", node));
        assertThat(node.path("spec").path("taints").toString()).isEqualTo("[{\"key\":\"node.kubernetes.io/not-ready\",\"effect\":\"NoSchedule\"}]");
    }
}
