package io.jakube.apiserver.authorization;

import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoleAggregationTest {
    private static ObjectNode role(String name, String labels, String verb) {
        return parse("{'metadata':{'name':'" + name + "','labels':" + labels + "},'rules':[{'verbs':['" + verb + "'],'apiGroups':[''],'resources':['pods']}]}");
    }

    @Test
    void collectsTheRulesOfChosenRolesOnceInNameOrder() {
        ObjectNode sum = parse("{'metadata':{'name':'sum','labels':{'to':'sum'}},'aggregationRule':{'clusterRoleSelectors':[{'matchLabels':{'to':'sum'}},{'matchExpressions':[{'key':'tier','operator':'In','values':['x','y']}]}]},'rules':[]}");
        List<ObjectNode> roles = List.of(sum, role("b", "{'to':'sum'}", "get"), role("a", "{'to':'sum'}", "list"), role("c", "{'tier':'y'}", "watch"), role("d", "{'tier':'x','to':'sum'}", "get"), role("e", "{'to':'other'}", "delete"));
        assertThat(RoleAggregation.rules(sum, roles)).extracting(rule -> rule.path("verbs").path(0).asText()).containsExactly("list", "get", "watch");
    }
}
