package io.jakube.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintersTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private static List<Object> row(String group, String resource, String object) {
        try {
            ObjectNode node = (ObjectNode) Json.mapper().readTree(object.replace('\'', '"'));
            ObjectNode metadata = node.has("metadata") ? (ObjectNode) node.get("metadata") : node.putObject("metadata");
            metadata.put("name", "x").put("creationTimestamp", "2026-01-01T00:00:00Z");
            TablePrinter printer = Printers.all().get(new GroupResource(group, resource));
            List<Object> cells = printer.cells(node, NOW);
            assertThat(cells).hasSameSizeAs(printer.columns());
            return cells;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"-5,<invalid>", "-1,0s", "119,119s", "120,2m", "125,2m5s", "599,9m59s", "600,10m", "10799,179m", "10800,3h", "12600,3h30m", "28800,8h", "172799,47h", "172800,2d", "180000,2d2h", "691200,8d", "63072000,2y", "64000000,2y10d"})
    void durationsGetCoarserWithAge(long seconds, String expected) {
        assertThat(HumanDuration.of(Duration.ofSeconds(seconds))).isEqualTo(seconds == -1 ? "0s" : expected);
    }

    @Test
    void runningPod() {
        assertThat(row("", "pods", """
                {'spec':{'nodeName':'n1','containers':[{'name':'a'},{'name':'b'}]},'status':{'phase':'Running','podIP':'10.1.1.1','containerStatuses':[
                 {'name':'a','ready':true,'restartCount':2,'state':{'running':{}},'lastState':{'terminated':{'finishedAt':'2026-01-01T00:55:00Z'}}},{'name':'b','ready':false,'restartCount':0,'state':{'running':{}}}]}}"""))
                .containsExactly("x", "1/2", "Running", "2 (5m ago)", "60m", "10.1.1.1", "n1", "<none>", "<none>");
    }

    @Test
    void podStatusWords() {
        assertThat(row("", "pods", "{'spec':{'containers':[{'name':'a'}]},'status':{'phase':'Pending','containerStatuses':[{'state':{'waiting':{'reason':'ImagePullBackOff'}}}]}}").get(2)).isEqualTo("ImagePullBackOff");
        assertThat(row("", "pods", "{'spec':{'containers':[{'name':'a'}]},'status':{'phase':'Failed','containerStatuses':[{'state':{'terminated':{'exitCode':3}}}]}}").get(2)).isEqualTo("ExitCode:3");
        assertThat(row("", "pods", "{'spec':{'containers':[{'name':'a'}]},'status':{'phase':'Succeeded','containerStatuses':[{'state':{'terminated':{'exitCode':0,'reason':'Completed'}}}]}}").get(2)).isEqualTo("Completed");
        assertThat(row("", "pods", "{'metadata':{'deletionTimestamp':'2026-01-01T00:59:00Z'},'spec':{'containers':[{'name':'a'}]},'status':{'phase':'Running'}}").get(2)).isEqualTo("Terminating");
        assertThat(row("", "pods", "{'spec':{'initContainers':[{'name':'i'},{'name':'j'}],'containers':[{'name':'a'}]},'status':{'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'terminated':{'exitCode':0}}},{'name':'j','state':{'running':{}}}]}}").get(2)).isEqualTo("Init:1/2");
        assertThat(row("", "pods", "{'spec':{'containers':[{'name':'a'}]},'status':{'phase':'Failed','reason':'Evicted'}}").get(2)).isEqualTo("Evicted");
    }

    @Test
    void services() {
        assertThat(row("", "services", "{'spec':{'type':'NodePort','clusterIP':'10.96.0.7','ports':[{'port':80,'nodePort':30008,'protocol':'TCP'},{'port':53,'protocol':'UDP'}],'selector':{'app':'web'}}}"))
                .containsExactly("x", "NodePort", "10.96.0.7", "<none>", "80:30008/TCP,53/UDP", "60m", "app=web");
        assertThat(row("", "services", "{'spec':{'type':'LoadBalancer','clusterIP':'10.96.0.7'}}").get(3)).isEqualTo("<pending>");
        assertThat(row("", "services", "{'spec':{'type':'ExternalName','externalName':'example.com'}}")).startsWith("x", "ExternalName", "<none>", "example.com");
    }

    @Test
    void nodes() {
        assertThat(row("", "nodes", "{'metadata':{'labels':{'node-role.kubernetes.io/control-plane':''}},'spec':{'unschedulable':true},'status':{'conditions':[{'type':'Ready','status':'True'}],'nodeInfo':{'kubeletVersion':'v1.36.0'}}}"))
                .startsWith("x", "Ready,SchedulingDisabled", "control-plane", "60m", "v1.36.0");
    }

    @Test
    void workloads() {
        assertThat(row("apps", "deployments", "{'spec':{'replicas':3,'selector':{'matchLabels':{'app':'w'}},'template':{'spec':{'containers':[{'name':'c','image':'nginx'}]}}},'status':{'readyReplicas':2,'updatedReplicas':3,'availableReplicas':2}}"))
                .containsExactly("x", "2/3", 3L, 2L, "60m", "c", "nginx", "app=w");
        assertThat(row("batch", "jobs", "{'spec':{'completions':2,'template':{'spec':{'containers':[]}}},'status':{'succeeded':2,'startTime':'2026-01-01T00:00:00Z','completionTime':'2026-01-01T00:00:09Z','conditions':[{'type':'Complete','status':'True'}]}}"))
                .startsWith("x", "Complete", "2/2", "9s", "60m");
        assertThat(row("batch", "cronjobs", "{'spec':{'schedule':'* * * * *','suspend':false,'jobTemplate':{'spec':{}}}}")).startsWith("x", "* * * * *", "<none>", "False", 0L, "<none>", "60m");
    }

    @Test
    void eventsShowTheirObject() {
        assertThat(row("", "events", "{'type':'Warning','reason':'Failed','message':'no\\n','involvedObject':{'kind':'Pod','name':'p','fieldPath':'spec.containers{a}'},'lastTimestamp':'2026-01-01T00:59:30Z','count':4,'source':{'component':'kubelet','host':'n1'}}"))
                .containsExactly("30s", "Warning", "Failed", "pod/p", "spec.containers{a}", "kubelet, n1", "no", "60m", "4", "x");
    }

    @Test
    void everyPrinterCopesWithAnEmptyObject() {
        Printers.all().forEach((resource, printer) -> assertThat(printer.cells(Json.object(), NOW)).as(resource.toString()).hasSameSizeAs(printer.columns()).doesNotContainNull());
    }
}
