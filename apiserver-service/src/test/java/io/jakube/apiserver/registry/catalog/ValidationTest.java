package io.jakube.apiserver.registry.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.defaulting.Defaulting;
import io.jakube.apiserver.registry.FakeKeyValueStore;
import io.jakube.apiserver.registry.FakeObjectStore;
import io.jakube.apiserver.registry.FakeRequests;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.core.allocation.ServiceNetwork;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each case changes one thing of a right object; the answer is what a client is told. */
class ValidationTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Map<GroupResource, ResourceStrategy> STRATEGIES = Strategies.create(new FakeObjectStore(NOW), new FakeKeyValueStore(),
            ServiceNetwork.parse("10.96.0.0/16", "30000-32767"), Clock.fixed(NOW, ZoneOffset.UTC)).all();

    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"d"},"spec":{"serviceAccountName":"default",
             "volumes":[{"name":"v"}],"initContainers":[{"name":"i","image":"x"}],
             "containers":[{"name":"a","image":"nginx","volumeMounts":[{"name":"v","mountPath":"/v"}],"ports":[{"containerPort":80}]}]}}""";
    private static final String DEPLOYMENT = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"x"}},
             "template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}""";
    private static final String STATEFUL_SET = DEPLOYMENT.replace("Deployment", "StatefulSet");
    private static final String DAEMON_SET = DEPLOYMENT.replace("Deployment", "DaemonSet");
    private static final String REPLICA_SET = DEPLOYMENT.replace("Deployment", "ReplicaSet");
    private static final String SERVICE = """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"d"},"spec":{"selector":{"app":"x"},"ports":[{"port":80}]}}""";
    private static final String JOB = """
            {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j","uid":"u"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"x"}]}}}}""";
    private static final String CRON_JOB = """
            {"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":{"schedule":"*/5 * * * *",
             "jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"x"}]}}}}}}""";
    private static final String BINDING = """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"b"},
             "roleRef":{"kind":"ClusterRole","name":"admin"},"subjects":[{"kind":"User","name":"jane"}]}""";

    static Stream<Arguments> creations() {
        return Stream.of(
                wrong(POD, "/spec/containers", "[]", "spec.containers: Required value"),
                wrong(POD, "/spec/containers/0/name", "\"A_b\"", "spec.containers[0].name: Invalid value: \"A_b\": a lowercase RFC 1123 label must consist of lower case alphanumeric "
                        + "characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"),
                wrong(POD, "/spec/containers/0/image", "\"\"", "spec.containers[0].image: Required value"),
                wrong(POD, "/spec/containers/0/image", "\" nginx\"", "spec.containers[0].image: Invalid value: \" nginx\": must not have leading or trailing whitespace"),
                wrong(POD, "/spec/initContainers/0/name", "\"a\"", "spec.initContainers[0].name: Duplicate value: \"a\""),
                wrong(POD, "/spec/initContainers/0/livenessProbe", "{\"exec\":{\"command\":[\"x\"]}}",
                        "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always"),
                wrong(POD, "/spec/restartPolicy", "\"Sometimes\"", "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\""),
                wrong(POD, "/spec/containers/0/imagePullPolicy", "\"Maybe\"",
                        "spec.containers[0].imagePullPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"IfNotPresent\", \"Never\""),
                wrong(POD, "/spec/containers/0/volumeMounts/0/name", "\"w\"", "spec.containers[0].volumeMounts[0].name: Not found: \"w\""),
                wrong(POD, "/spec/volumes/0/hostPath", "{\"path\":\"/a/../b\"}", "spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'",
                        "spec.containers[0].volumeMounts[0].name: Not found: \"v\""),
                wrong(POD, "/spec/volumes/0/secret", "{\"defaultMode\":999}", "spec.volumes[0].secret.secretName: Required value",
                        "spec.volumes[0].secret.defaultMode: Invalid value: 999: must be a number between 0 and 0777 (octal), both inclusive",
                        "spec.containers[0].volumeMounts[0].name: Not found: \"v\""),
                wrong(POD, "/spec/containers/0/ports/0/containerPort", "70000", "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"),
                wrong(POD, "/spec/containers/0/ports/0/name", "\"-x\"", "spec.containers[0].ports[0].name: Invalid value: \"-x\": must not begin or end with a hyphen"),
                wrong(POD, "/spec/containers/0/env", "[{\"name\":\"a=b\"}]", "spec.containers[0].env[0].name: Invalid value: \"a=b\": "
                        + "a valid environment variable name must consist only of printable ASCII characters other than '='"),
                wrong(POD, "/spec/containers/0/env", "[{\"name\":\"a\",\"value\":\"x\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"metadata.name\"}}}]",
                        "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty"),
                wrong(POD, "/spec/containers/0/env", "[{\"name\":\"a\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"spec.wrong\"}}}]",
                        "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.wrong\": error converting fieldPath: field label not supported: spec.wrong"),
                wrong(POD, "/spec/containers/0/resources", "{\"requests\":{\"cpu\":\"2\"},\"limits\":{\"cpu\":\"1\"}}",
                        "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1"),
                wrong(POD, "/spec/containers/0/resources", "{\"requests\":{\"foo\":\"1\"}}",
                        "spec.containers[0].resources.requests[foo]: Invalid value: \"foo\": must be a standard resource type or fully qualified",
                        "spec.containers[0].resources.requests[foo]: Invalid value: \"foo\": must be a standard resource for containers"),
                wrong(POD, "/spec/containers/0/resources", "{\"requests\":{\"memory\":\"-1\"}}",
                        "spec.containers[0].resources.requests[memory]: Invalid value: \"-1\": must be greater than or equal to 0"),
                wrong(POD, "/spec/containers/0/resources", "{\"limits\":{\"example.com/gpu\":\"1500m\"}}",
                        "spec.containers[0].resources.limits[example.com/gpu]: Invalid value: \"1500m\": must be an integer",
                        "spec.containers[0].resources.requests[example.com/gpu]: Invalid value: \"1500m\": must be an integer"),
                wrong(POD, "/spec/containers/0/livenessProbe", "{}", "spec.containers[0].livenessProbe: Required value: must specify a handler type"),
                wrong(POD, "/spec/containers/0/livenessProbe", "{\"tcpSocket\":{\"port\":80},\"successThreshold\":2}",
                        "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1"),
                wrong(POD, "/spec/tolerations", "[{\"operator\":\"Equal\"}]",
                        "spec.tolerations[0].operator: Invalid value: \"Equal\": operator must be Exists when `key` is empty, which means \"match all values and all keys\""),
                wrong(POD, "/spec/hostname", "\"a.b\"", "spec.hostname: Invalid value: \"a.b\": must not contain dots"),
                wrong(POD, "/spec/dnsPolicy", "\"None\"", "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"),
                wrong(POD, "/spec/ephemeralContainers", "[{\"name\":\"e\",\"image\":\"x\"}]", "spec.ephemeralContainers: Forbidden: cannot be set on create"),
                wrong(POD, "/spec/topologySpreadConstraints", "[{\"maxSkew\":0,\"topologyKey\":\"k\",\"whenUnsatisfiable\":\"DoNotSchedule\"}]",
                        "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero"),
                wrong(POD, "/spec/securityContext/runAsUser", "-1", "spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive"),

                wrong(DEPLOYMENT, "/spec/replicas", "-1", "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
                wrong(DEPLOYMENT, "/spec/selector", null, "spec.selector: Required value"),
                wrong(DEPLOYMENT, "/spec/selector", "{}", "spec.selector: Invalid value: {}: empty selector is invalid for deployment"),
                wrong(DEPLOYMENT, "/spec/template/metadata/labels", "{\"app\":\"y\"}",
                        "spec.template.metadata.labels: Invalid value: {\"app\":\"y\"}: `selector` does not match template `labels`"),
                wrong(DEPLOYMENT, "/spec/template/spec/restartPolicy", "\"Never\"", "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\""),
                wrong(DEPLOYMENT, "/spec/strategy", "{\"rollingUpdate\":{\"maxSurge\":0,\"maxUnavailable\":0}}",
                        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"),
                wrong(DEPLOYMENT, "/spec/strategy", "{\"type\":\"Recreate\",\"rollingUpdate\":{}}",
                        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"),
                wrong(DEPLOYMENT, "/spec/minReadySeconds", "600", "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"),
                wrong(DEPLOYMENT, "/spec/template/spec/containers/0/image", null, "spec.template.spec.containers[0].image: Required value"),
                wrong(REPLICA_SET, "/spec/replicas", "-3", "spec.replicas: Invalid value: -3: must be greater than or equal to 0"),
                wrong(STATEFUL_SET, "/spec/podManagementPolicy", "\"Random\"", "spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or 'Parallel'"),
                wrong(DAEMON_SET, "/spec/updateStrategy", "{\"rollingUpdate\":{\"maxUnavailable\":1,\"maxSurge\":1}}",
                        "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero"),

                wrong(SERVICE, "/spec/ports", "[]", "spec.ports: Required value"),
                wrong(SERVICE, "/spec/ports", "[{\"port\":80},{\"name\":\"a\",\"port\":0}]", "spec.ports[0].name: Required value",
                        "spec.ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive", "spec.ports[1].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive"),
                wrong(SERVICE, "/spec/type", "\"Magic\"", "spec.type: Unsupported value: \"Magic\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\""),
                wrong(SERVICE, "/spec/ports/0/nodePort", "30001", "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"),
                wrong(SERVICE, "/spec/type", "\"ExternalName\"", "spec.externalName: Required value"),
                wrong(SERVICE, "/spec/externalIPs", "[\"127.0.0.1\"]", "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)"),
                wrong(SERVICE, "/spec/sessionAffinity", "\"Sticky\"", "spec.sessionAffinity: Unsupported value: \"Sticky\": supported values: \"ClientIP\", \"None\""),

                wrong(JOB, "/spec/template/spec/restartPolicy", null, "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\""),
                wrong(JOB, "/spec/backoffLimit", "-1", "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0"),
                wrong(JOB, "/spec/template/metadata", "{\"labels\":{\"controller-uid\":\"z\"}}", "spec.template.metadata.labels[controller-uid]: Invalid value: "
                        + "{\"controller-uid\":\"z\",\"batch.kubernetes.io/controller-uid\":\"u\",\"job-name\":\"j\",\"batch.kubernetes.io/job-name\":\"j\"}: must be 'u'"),
                wrong(CRON_JOB, "/spec/schedule", "\"61 * * * *\"", "spec.schedule: Invalid value: \"61 * * * *\": end of range (61) above maximum (59): 61"),
                wrong(CRON_JOB, "/spec/schedule", "\"* * * *\"", "spec.schedule: Invalid value: \"* * * *\": expected exactly 5 fields, found 4: [* * * *]"),
                wrong(CRON_JOB, "/spec/timeZone", "\"Mars/Phobos\"", "spec.timeZone: Invalid value: \"Mars/Phobos\": unknown time zone Mars/Phobos"),

                wrong("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{}}", "/data", "{\"a b\":\"x\"}", "data[a b]: Invalid value: \"a b\": a valid config key must consist of "
                        + "alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"),
                wrong("{\"apiVersion\":\"v1\",\"kind\":\"Secret\"}", "/type", "\"kubernetes.io/tls\"", "data[tls.crt]: Required value", "data[tls.key]: Required value"),
                wrong(BINDING, "/roleRef/kind", "\"Role\"", "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\""),
                wrong(BINDING, "/subjects/0/kind", "\"ServiceAccount\"", "subjects[0].namespace: Required value"),
                wrong("{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"Role\",\"rules\":[]}", "/rules", "[{\"resources\":[\"pods\"]}]",
                        "rules[0].verbs: Required value: verbs must contain at least one value", "rules[0].apiGroups: Required value: resource rules must supply at least one api group"),
                wrong("{\"apiVersion\":\"policy/v1\",\"kind\":\"PodDisruptionBudget\",\"spec\":{\"minAvailable\":1}}", "/spec/maxUnavailable", "\"50%\"",
                        "spec: Invalid value: {\"minAvailable\":1,\"maxUnavailable\":\"50%\"}: minAvailable and maxUnavailable cannot be both set"),
                wrong("{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"spec\":{}}", "/spec/leaseDurationSeconds", "0",
                        "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"),
                wrong("{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"addressType\":\"IPv4\",\"endpoints\":[{\"addresses\":[\"1.2.3.4\"]}]}",
                        "/endpoints/0/addresses", "[]", "endpoints[0].addresses: Required value: must contain at least 1 address"),
                wrong("{\"apiVersion\":\"scheduling.k8s.io/v1\",\"kind\":\"PriorityClass\",\"metadata\":{\"name\":\"x\"}}", "/value", "1000000001",
                        "value: Forbidden: maximum allowed value of a user defined priority is 1000000000"),
                wrong("{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n\"},\"spec\":{}}", "/spec/taints", "[{\"key\":\"k\",\"effect\":\"Never\"}]",
                        "spec.taints[0].effect: Unsupported value: \"Never\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\""),
                wrong("{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}",
                        "/spec/resources/requests", "{}", "spec.resources[storage]: Required value"),
                wrong("{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",\"spec\":{\"podSelector\":{}}}", "/spec/ingress", "[{\"from\":[{}]}]",
                        "spec.ingress[0].from[0]: Required value: must specify a peer"),
                wrong("{\"apiVersion\":\"autoscaling/v2\",\"kind\":\"HorizontalPodAutoscaler\",\"spec\":{\"maxReplicas\":3,\"scaleTargetRef\":{\"kind\":\"Deployment\",\"name\":\"x\"}}}",
                        "/spec/minReplicas", "5", "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`"));
    }

    private static Arguments wrong(String object, String pointer, String value, String... errors) {
        return Arguments.of(object, pointer, value, List.of(errors));
    }

    @ParameterizedTest
    @MethodSource("creations")
    void aRightObjectPassesAndOneWrongFieldIsNamed(String object, String pointer, String value, List<String> errors) throws IOException {
        assertThat(create(parse(object))).as("unchanged").isEmpty();
        ObjectNode changed = parse(object);
        set(changed, pointer, value);
        assertThat(create(changed)).containsExactlyElementsOf(errors);
    }

    static Stream<Arguments> updates() {
        return Stream.of(
                Arguments.of(POD, "/spec/containers/0/image", "\"nginx:2\"", List.of()),
                Arguments.of(POD, "/spec/activeDeadlineSeconds", "5", List.of()),
                Arguments.of(POD, "/spec/tolerations", "[{\"operator\":\"Exists\"}]", List.of()),
                Arguments.of(POD, "/spec/nodeName", "\"n\"", List.of("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
                        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
                        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n- nodeName: null\n+ nodeName: \"n\"\n")),
                Arguments.of(POD, "/spec/initContainers", "[]", List.of("spec.initContainers: Forbidden: pod updates may not add or remove containers")),
                Arguments.of(DEPLOYMENT, "/spec/replicas", "0", List.of()),
                Arguments.of(DEPLOYMENT, "/spec/selector", "{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Exists\"}]}",
                        List.of("spec.selector: Invalid value: {\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Exists\"}]}: field is immutable")),
                Arguments.of(STATEFUL_SET, "/spec/replicas", "7", List.of()),
                Arguments.of(STATEFUL_SET, "/spec/serviceName", "\"x\"", List.of("spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                        + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden")),
                Arguments.of(SERVICE, "/spec/clusterIP", "\"10.96.7.7\"", List.of("spec.clusterIPs[0]: Invalid value: [\"10.96.7.7\"]: may not change once set")),
                Arguments.of(JOB, "/spec/parallelism", "5", List.of()),
                Arguments.of(JOB, "/spec/completions", "5", List.of("spec.completions: Invalid value: 5: field is immutable")),
                Arguments.of(BINDING, "/roleRef/name", "\"view\"",
                        List.of("roleRef: Invalid value: {\"kind\":\"ClusterRole\",\"name\":\"view\",\"apiGroup\":\"rbac.authorization.k8s.io\"}: cannot change roleRef")),
                Arguments.of("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"immutable\":true,\"data\":{\"a\":\"b\"}}", "/data/a", "\"c\"",
                        List.of("data: Forbidden: field is immutable when `immutable` is set")),
                Arguments.of("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"a\"}", "/type", "\"b\"", List.of("type: Invalid value: \"b\": field is immutable")),
                Arguments.of("{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n\"},\"spec\":{\"podCIDRs\":[\"10.0.0.0/24\"]}}", "/spec/podCIDRs", "[\"10.0.1.0/24\"]",
                        List.of("spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid")),
                Arguments.of("{\"apiVersion\":\"scheduling.k8s.io/v1\",\"kind\":\"PriorityClass\",\"metadata\":{\"name\":\"x\"},\"value\":1}", "/value", "2",
                        List.of("value: Forbidden: may not be changed in an update.")));
    }

    @ParameterizedTest
    @MethodSource("updates")
    void updatesChangeWhatMayChange(String object, String pointer, String value, List<String> errors) throws IOException {
        ObjectNode old = parse(object);
        assertThat(create(old)).isEmpty();
        ObjectNode changed = old.deepCopy();
        set(changed, pointer, value);
        Defaulting.all().getOrDefault(gvk(changed), nothing -> {}).apply(changed);
        ResourceStrategy strategy = strategy(changed);
        strategy.prepareForUpdate(changed, old, FakeRequests.context());
        assertThat(strategy.validateUpdate(changed, old).stream().map(FieldError::toString)).containsExactlyElementsOf(errors);
    }

    @Test
    void aGatedPodMayBecomeMoreSelective() throws IOException {
        ObjectNode old = parse(POD);
        set(old, "/spec/schedulingGates", "[{\"name\":\"g\"}]");
        set(old, "/spec/nodeSelector", "{\"a\":\"b\"}");
        assertThat(create(old)).isEmpty();
        ObjectNode narrowed = old.deepCopy();
        set(narrowed, "/spec/schedulingGates", null);
        set(narrowed, "/spec/nodeSelector", "{\"a\":\"b\",\"c\":\"d\"}");
        assertThat(strategy(old).validateUpdate(narrowed, old)).isEmpty();
        ObjectNode widened = old.deepCopy();
        set(widened, "/spec/nodeSelector", "{\"c\":\"d\"}");
        assertThat(strategy(old).validateUpdate(widened, old)).hasSize(1);
    }

    @Test
    void numbersCompareByValue() throws IOException {
        ObjectNode old = parse(POD);
        assertThat(create(old)).isEmpty();
        ObjectNode same = old.deepCopy();
        ((ObjectNode) same.get("spec")).put("terminationGracePeriodSeconds", 30L);
        assertThat(strategy(old).validateUpdate(same, old)).isEmpty();
    }

    private static List<String> create(ObjectNode object) {
        Defaulting.all().getOrDefault(gvk(object), nothing -> {}).apply(object);
        try {
            strategy(object).prepareForCreate(object, FakeRequests.context());
        } catch (ApiException e) {
            return e.causes().stream().map(cause -> cause.field() + ": " + cause.message()).toList();
        }
        return strategy(object).validate(object).stream().map(FieldError::toString).toList();
    }

    private static ResourceStrategy strategy(ObjectNode object) {
        String kind = gvk(object).kind().toLowerCase(Locale.ROOT);
        String plural = kind.endsWith("s") ? kind + "es" : kind.endsWith("y") ? kind.substring(0, kind.length() - 1) + "ies" : kind + "s";
        return STRATEGIES.get(new GroupResource(gvk(object).group(), plural));
    }

    private static GroupVersionKind gvk(ObjectNode object) {
        return GroupVersionKind.of(object.get("apiVersion").asText(), object.get("kind").asText());
    }

    private static ObjectNode parse(String json) throws IOException {
        return (ObjectNode) Json.mapper().readTree(json);
    }

    /** Sets the value at a JSON pointer whose parents exist or are objects; null removes it. */
    private static void set(ObjectNode object, String pointer, String value) throws IOException {
        JsonNode parent = object;
        String[] names = pointer.substring(1).split("/");
        for (int i = 0; i < names.length - 1; i++) {
            JsonNode child = parent instanceof ArrayNode array ? array.get(Integer.parseInt(names[i])) : parent.get(names[i]);
            parent = child == null ? ((ObjectNode) parent).putObject(names[i]) : child;
        }
        String last = names[names.length - 1];
        if (value == null) {
            ((ObjectNode) parent).remove(last);
        } else {
            ((ObjectNode) parent).set(last, Json.mapper().readTree(value));
        }
    }
}
