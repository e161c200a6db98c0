package io.jakube.apiserver.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.common.api.BuiltinResources;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryHandlerTest {
    private static final String KUBECTL = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    private final DiscoveryHandler handler = new DiscoveryHandler(BuiltinResources.load(), "127.0.0.1:6443");

    private ApiResponse.Complete get(String path, String... headers) {
        return (ApiResponse.Complete) handler.handle(DocumentRequests.get(path, headers));
    }

    private JsonNode json(String path, String... headers) {
        return Json.readObject(get(path, headers).body());
    }

    @Test
    void listsCoreVersions() {
        assertThat(json("/api").toString()).isEqualTo("{\"kind\":\"APIVersions\",\"versions\":[\"v1\"],\"serverAddressByClientCIDRs\":[{\"clientCIDR\":\"0.0.0.0/0\",\"serverAddress\":\"127.0.0.1:6443\"}]}");
    }

    @Test
    void listsGroupsWithTheirPreferredVersion() {
        JsonNode groups = json("/apis");
        assertThat(groups.findValuesAsText("name")).startsWith("apps", "events.k8s.io", "authentication.k8s.io").doesNotContain("", "apiextensions.k8s.io");
        assertThat(json("/apis/autoscaling").at("/preferredVersion/groupVersion").asText()).isEqualTo("autoscaling/v2");
        assertThat(json("/apis/autoscaling").at("/versions/1/groupVersion").asText()).isEqualTo("autoscaling/v1");
    }

    @Test
    void describesResourcesAsUpstreamDoes() {
        JsonNode resources = json("/api/v1").get("resources");
        JsonNode pods = null;
        JsonNode eviction = null;
        for (JsonNode resource : resources) {
            pods = resource.get("name").asText().equals("pods") ? resource : pods;
            eviction = resource.get("name").asText().equals("pods/eviction") ? resource : eviction;
        }
        assertThat(pods).hasToString("{\"name\":\"pods\",\"singularName\":\"pod\",\"namespaced\":true,\"kind\":\"Pod\",\"verbs\":[\"create\",\"delete\",\"deletecollection\",\"get\",\"list\",\"patch\","
                + "\"update\",\"watch\"],\"shortNames\":[\"po\"],\"categories\":[\"all\"],\"storageVersionHash\":\"xPOwRZ+Yhw8=\"}");
        assertThat(eviction).hasToString("{\"name\":\"pods/eviction\",\"singularName\":\"\",\"namespaced\":true,\"group\":\"policy\",\"version\":\"v1\",\"kind\":\"Eviction\",\"verbs\":[\"create\"]}");
    }

    @Test
    void aggregatesWhenAsked() {
        ApiResponse.Complete response = get("/apis", "Accept", KUBECTL);
        assertThat(response.contentType()).isEqualTo("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        JsonNode apps = Json.readObject(response.body()).at("/items/0");
        assertThat(apps.at("/metadata/name").asText()).isEqualTo("apps");
        assertThat(apps.at("/versions/0/resources/2/subresources/0").toString())
                .isEqualTo("{\"subresource\":\"scale\",\"responseKind\":{\"group\":\"autoscaling\",\"version\":\"v1\",\"kind\":\"Scale\"},\"verbs\":[\"get\",\"patch\",\"update\"]}");
        assertThat(json("/api", "Accept", KUBECTL).at("/items/0/versions/0/version").asText()).isEqualTo("v1");
    }

    @Test
    void answersNotModified() {
        ApiResponse first = get("/apis", "Accept", KUBECTL);
        ApiResponse.Complete second = get("/apis", "Accept", KUBECTL, "If-None-Match", first.headers().get("ETag").getFirst());
        assertThat(second.status()).isEqualTo(304);
        assertThat(second.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/api,true", "/api/,true", "/api/v1,true", "/apis/apps/v1,true", "/apis/apps/v1/deployments,false", "/api/v1/pods,false", "/apix,false", "/,false", "/version,false"})
    void handlesDiscoveryPathsOnly(String path, boolean handled) {
        assertThat(handler.handles(path)).isEqualTo(handled);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v2", "/apis/nope", "/apis/apps/v9", "/apis/nope/v1", "/apis//v1"})
    void doesNotFindWhatIsNotServed(String path) {
        assertThatThrownBy(() -> get(path)).isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(404));
    }

    @Test
    void refusesFormsItDoesNotHave() {
        assertThatThrownBy(() -> get("/apis", "Accept", "application/vnd.kubernetes.protobuf")).isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(406));
    }
}
