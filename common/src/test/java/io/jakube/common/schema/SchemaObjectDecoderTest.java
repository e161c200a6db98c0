package io.jakube.common.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import io.jakube.common.schema.ObjectDecoder.Encoding;
import io.jakube.common.status.ApiException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaObjectDecoderTest {
    private static final GroupVersionKind POD = new GroupVersionKind("", "v1", "Pod");
    private static final GroupVersionKind DEPLOYMENT = new GroupVersionKind("apps", "v1", "Deployment");
    private static final ObjectDecoder DECODER = new SchemaObjectDecoder(BuiltinSchemas.load());

    private static DecodeResult json(String body, GroupVersionKind expected) {
        return DECODER.decode(body.replace('\'', '"').getBytes(UTF_8), Encoding.JSON, expected);
    }

    private static DecodeResult yaml(String body) {
        return DECODER.decode(body.getBytes(UTF_8), Encoding.YAML, null);
    }

    @Test
    void fillsInTheExpectedType() {
        ObjectNode object = json("{'metadata':{'name':'a'}}", POD).object();
        assertThat(object.path("apiVersion").asText()).isEqualTo("v1");
        assertThat(object.path("kind").asText()).isEqualTo("Pod");
    }

    @Test
    void reportsUnknownAndRepeatedFieldsWithTheirPaths() {
        DecodeResult result = json("{'kind':'Pod','apiVersion':'v1','specc':{},'spec':{'a':1,'containers':[{'name':'x'},{'name':'y','name':'z','foo':2}]}}", null);
        assertThat(result.problems()).containsExactlyInAnyOrder(
                "unknown field \"specc\"", "unknown field \"spec.a\"", "duplicate field \"spec.containers[1].name\"", "unknown field \"spec.containers[1].foo\"");
        assertThat(result.object().path("spec").has("a")).isFalse();
        assertThat(result.object().at("/spec/containers/1/name").asText()).isEqualTo("z");
    }

    @Test
    void leavesOutWhatEqualsAbsenceAndKeepsSignificantZeros() {
        ObjectNode spec = (ObjectNode) json("{'spec':{'hostNetwork':false,'automountServiceAccountToken':false,'nodeName':'','volumes':[],'nodeSelector':{},'priority':0,"
                + "'containers':[{'name':'','env':[{'name':'A','value':''}],'resources':null}],'securityContext':{}}}", POD).object().get("spec");
        assertThat(spec).isEqualTo(Json.readObject("{\"automountServiceAccountToken\":false,\"priority\":0,\"containers\":[{\"name\":\"\",\"env\":[{\"name\":\"A\"}],\"resources\":{}}],\"securityContext\":{}}".getBytes(UTF_8)));
    }

    @Test
    void treatsAZeroTargetPortAsUnset() {
        GroupVersionKind service = new GroupVersionKind("", "v1", "Service");
        assertThat(json("{'spec':{'ports':[{'port':80,'targetPort':0}]}}", service).object().at("/spec/ports/0").has("targetPort")).isFalse();
    }

    @Test
    void saysWhatIsWrongWithJson() {
        assertThatThrownBy(() -> json("{'kind':'Pod',", POD)).hasMessageContaining("json parse error: unexpected end of JSON input ({\"kind\":\"Pod\",)");
        assertThatThrownBy(() -> json("abc", POD)).hasMessageContaining("json parse error: invalid character 'a' looking for beginning of value (616263)");
    }

    @Test
    void keepsAnAppliedConfigurationAsWritten() {
        ObjectNode tree = Json.readObject("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"hostNetwork\":false,\"x\":1}}".getBytes(UTF_8));
        DecodeResult result = DECODER.decodeAsWritten(tree, POD);
        assertThat(result.object().path("spec").has("hostNetwork")).isTrue();
        assertThat(result.object().has("status")).isFalse();
        assertThat(result.problems()).containsExactly("unknown field \"spec.x\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {'spec':{'replicas':'3'}}|json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32
            {'spec':{'replicas':1.5}}|json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32
            {'spec':{'replicas':3000000000}}|json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32
            {'metadata':{'labels':{'a':1}}}|json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string
            {'spec':{'template':{'spec':{'containers':{}}}}}|json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container
            {'spec':{'template':{'spec':{'containers':[{'resources':{'limits':{'cpu':'x'}}}]}}}}|quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
            """)
    void refusesWrongTypesInUpstreamsWords(String body, String reason) {
        assertThatThrownBy(() -> json(body, DEPLOYMENT))
                .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(400))
                .hasMessage("Deployment in version \"v1\" cannot be handled as a Deployment: " + reason);
    }

    @Test
    void refusesUnknownKinds() {
        assertThatThrownBy(() -> json("{'apiVersion':'apps/v1','kind':'Foo'}", DEPLOYMENT)).isInstanceOf(ApiException.class).hasMessageContaining("no kind \"Foo\" is registered for version \"apps/v1\"");
        assertThatThrownBy(() -> json("{'apiVersion':'v1'}", null)).isInstanceOf(ApiException.class).hasMessage("Object 'Kind' is missing in '{\"apiVersion\":\"v1\"}'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[", "nul", "[]", "1", "\"x\"", "null", "{\"kind\":1}", "{'a':1}", "{\"a\":1}}", "{\"a\":\"\\ud800\"", "\u0000", "{\"a\":1e999999999}", "{,}"})
    void refusesMalformedJson(String body) {
        assertThatThrownBy(() -> DECODER.decode(body.getBytes(UTF_8), Encoding.JSON, POD)).isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(400));
    }

    @Test
    void refusesDeepNesting() {
        String deep = "{\"a\":".repeat(100_000);
        assertThatThrownBy(() -> json(deep, POD)).isInstanceOf(ApiException.class);
        assertThatThrownBy(() -> DECODER.decode("[".repeat(100_000).getBytes(UTF_8), Encoding.YAML, POD)).isInstanceOf(ApiException.class);
    }

    @Test
    void readsYamlScalarsAsUpstreamDoes() {
        ObjectNode data = (ObjectNode) yaml("""
                apiVersion: v1
                kind: Pod
                spec:
                  hostNetwork: yes
                  hostPID: on
                  priority: 0777
                  terminationGracePeriodSeconds: 0x10
                  nodeName: "123"
                  containers:
                  - &base
                    name: !!str 1
                    image: ~
                  - <<: *base
                    name: b
                """).object().get("spec");
        assertThat(data.path("hostNetwork").booleanValue()).isTrue();
        assertThat(data.path("hostPID").booleanValue()).isTrue();
        assertThat(data.path("priority").intValue()).isEqualTo(511);
        assertThat(data.path("terminationGracePeriodSeconds").intValue()).isEqualTo(16);
        assertThat(data.at("/containers/0/name").textValue()).isEqualTo("1");
        assertThat(data.at("/containers/1/name").textValue()).isEqualTo("b");
        assertThat(data.at("/containers/0").has("image")).isFalse();
    }

    @Test
    void reportsRepeatedYamlKeys() {
        assertThat(yaml("apiVersion: v1\nkind: Pod\nkind: Pod\n").problems()).containsExactly("yaml: unmarshal errors:\n  line 3: key \"kind\" already set in map");
    }

    @Test
    void boundsAliasExpansion() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [").append("*a".concat(String.valueOf(i - 1)).concat(",").repeat(10)).append("]\n");
        }
        assertThatThrownBy(() -> yaml(bomb.toString())).isInstanceOf(ApiException.class).hasMessageContaining("excessive aliasing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: b: c", "\t- x", "{a", "&", "*nope", "%", "? [a]\n: b"})
    void refusesMalformedYaml(String body) {
        assertThatThrownBy(() -> yaml(body)).isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(400));
    }

    @Test
    void refusesWhatIsNoProtobuf() {
        assertThatThrownBy(() -> DECODER.decode("{}".getBytes(UTF_8), Encoding.PROTOBUF, POD)).isInstanceOf(ApiException.class).hasMessageContaining("expected prefix [107 56 115 0]");
    }

    @Test
    void survivesDamagedProtobuf() {
        long seed = 42;
        Random random = new Random(seed);
        byte[] prefix = {'k', '8', 's', 0, 10, 9, 10, 2, 'v', '1', 18, 3, 'P', 'o', 'd', 18};
        for (int i = 0; i < 20_000; i++) {
            byte[] body = new byte[prefix.length + 1 + random.nextInt(60)];
            random.nextBytes(body);
            System.arraycopy(prefix, 0, body, 0, prefix.length);
            body[prefix.length] = (byte) (body.length - prefix.length - 1);
            try {
                DECODER.decode(body, Encoding.PROTOBUF, POD);
            } catch (ApiException e) {
                assertThat(e.code()).as("seed %s, round %s", seed, i).isEqualTo(400);
            }
        }
    }
}
