package io.jakube.common.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltinConversionsTest {
    private static final GroupVersionKind CORE_EVENT = new GroupVersionKind("", "v1", "Event");
    private static final GroupVersionKind NEW_EVENT = new GroupVersionKind("events.k8s.io", "v1", "Event");
    private static final GroupVersionKind V1 = new GroupVersionKind("autoscaling", "v1", "HorizontalPodAutoscaler");
    private static final GroupVersionKind V2 = new GroupVersionKind("autoscaling", "v2", "HorizontalPodAutoscaler");

    private final ObjectConverter converter = new BuiltinConversions();

    private static ObjectNode json(String text) {
        return Json.readObject(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void renamesFieldsOfEvents() {
        ObjectNode core = json("{'apiVersion':'v1','kind':'Event','metadata':{'name':'e'},'involvedObject':{'kind':'Pod'},'reason':'R','message':'m','source':{'component':'c'},'count':2,'type':'Normal'}");
        ObjectNode converted = converter.convert(core, NEW_EVENT);
        assertThat(converted).isEqualTo(json("{'apiVersion':'events.k8s.io/v1','kind':'Event','metadata':{'name':'e'},'regarding':{'kind':'Pod'},'reason':'R','note':'m','deprecatedSource':{'component':'c'},"
                + "'deprecatedCount':2,'type':'Normal'}"));
        assertThat(converter.convert(converted, CORE_EVENT)).isEqualTo(core);
    }

    @Test
    void turnsCpuUtilisationIntoAMetric() {
        ObjectNode v1 = json("{'apiVersion':'autoscaling/v1','kind':'HorizontalPodAutoscaler','metadata':{'name':'h'},'spec':{'maxReplicas':3,'targetCPUUtilizationPercentage':80},'status':{}}");
        ObjectNode v2 = converter.convert(v1, V2);
        assertThat(v2.at("/spec/metrics").toString())
                .isEqualTo("[{\"type\":\"Resource\",\"resource\":{\"name\":\"cpu\",\"target\":{\"type\":\"Utilization\",\"averageUtilization\":80}}}]");
        assertThat(converter.convert(v2, V1)).isEqualTo(v1);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{'type':'Resource','resource':{'name':'memory','target':{'type':'AverageValue','averageValue':'1Gi'}}}",
        "{'type':'ContainerResource','containerResource':{'name':'cpu','container':'c','target':{'type':'Utilization','averageUtilization':5}}}",
        "{'type':'Pods','pods':{'metric':{'name':'q','selector':{'matchLabels':{'a':'b'}}},'target':{'type':'AverageValue','averageValue':'10'}}}",
        "{'type':'Object','object':{'describedObject':{'kind':'Ingress','name':'i'},'metric':{'name':'q'},'target':{'type':'Value','value':'10'}}}",
        "{'type':'External','external':{'metric':{'name':'q'},'target':{'type':'AverageValue','averageValue':'10'}}}"
    })
    void carriesOtherMetricsThroughTheOldVersion(String metric) {
        ObjectNode v2 = json("{'apiVersion':'autoscaling/v2','kind':'HorizontalPodAutoscaler','metadata':{'name':'h'},'spec':{'maxReplicas':3,'metrics':[" + metric
                + "],'behavior':{'scaleUp':{'stabilizationWindowSeconds':3}}},'status':{'conditions':[{'type':'AbleToScale','status':'True'}]}}");
        ObjectNode v1 = converter.convert(v2, V1);
        assertThat(v1.path("spec").has("metrics")).isFalse();
        assertThat(converter.convert(v1, V2)).isEqualTo(v2);
    }

    @Test
    void leavesItsArgumentAlone() {
        ObjectNode core = json("{'apiVersion':'v1','kind':'Event','message':'m'}");
        converter.convert(core, NEW_EVENT);
        assertThat(core.has("message")).isTrue();
        assertThat(converter.convert(core, CORE_EVENT)).isSameAs(core);
        assertThatThrownBy(() -> converter.convert(core, V1)).isInstanceOf(IllegalArgumentException.class);
    }
}
