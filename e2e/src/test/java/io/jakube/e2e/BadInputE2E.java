package io.jakube.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.e2e.fixture.Api;
import io.jakube.e2e.fixture.Kubectl;
import io.jakube.e2e.fixture.Manifest;
import io.jakube.e2e.fixture.TestCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is sent, the answer is a Status with the right code, reason and causes, and nothing is half-written. */
@WholeSystem
class BadInputE2E {
    private Api api;
    private String configMaps;
    private String pods;
    private String before;

    @BeforeAll
    static void makeAnAdministrator(Kubectl kubectl) {
        kubectl.ok("create", "serviceaccount", "admin");
        kubectl.ok("create", "rolebinding", "admin", "--clusterrole=cluster-admin", "--serviceaccount=" + kubectl.namespace() + ":admin");
    }

    @BeforeEach
    void signIn(TestCluster cluster, Kubectl kubectl) {
        api = new Api(cluster, kubectl.ok("create", "token", "admin").strip());
        configMaps = "/api/v1/namespaces/" + kubectl.namespace() + "/configmaps";
        pods = "/api/v1/namespaces/" + kubectl.namespace() + "/pods";
        before = objects(kubectl);
    }

    @AfterEach
    void nothingWasWritten(Kubectl kubectl) {
        assertThat(objects(kubectl)).isEqualTo(before);
    }

    private static String objects(Kubectl kubectl) {
        return kubectl.ok("get", "configmaps,pods,services,deployments", "-o", "name");
    }

    private void refused(Api.Answer answer, int code, String reason) {
        assertThat(answer.code()).as("%s", answer).isEqualTo(code);
        assertThat(answer.body().path("kind").asText()).isEqualTo("Status");
        assertThat(answer.body().path("apiVersion").asText()).isEqualTo("v1");
        assertThat(answer.body().path("status").asText()).isEqualTo("Failure");
        assertThat(answer.body().path("code").asInt()).isEqualTo(code);
        assertThat(answer.reason()).isEqualTo(reason);
        assertThat(answer.message()).isNotEmpty().doesNotContain("io.jakube", "Exception", "\tat ");
    }

    @Test
    void malformedJson() {
        for (String body : new String[] {"{", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}", "nonsense", "[]", "\"text\"", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":7}"}) {
            refused(api.post(configMaps, body), 400, "BadRequest");
        }
        refused(api.send("POST", configMaps, "application/json", new byte[] {'{', (byte) 0xff, (byte) 0xfe, '}'}), 400, "BadRequest");
        refused(api.post(configMaps, "[".repeat(100_000)), 400, "BadRequest");
    }

    @Test
    void malformedYaml() {
        refused(api.send("POST", configMaps, "application/yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x\n".getBytes(UTF_8)), 400, "BadRequest");
        String bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                + "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
        refused(api.send("POST", configMaps + "?fieldValidation=Strict", "application/yaml", bomb.getBytes(UTF_8)), 400, "BadRequest");
    }

    @Test
    void oversized() {
        refused(api.post(configMaps, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"big\"},\"data\":{\"x\":\"" + "x".repeat(4 << 20) + "\"}}"), 413, "RequestEntityTooLarge");
        Api.Answer answer = api.post(configMaps, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"big\"},\"data\":{\"x\":\"" + "x".repeat((1 << 20) + 1) + "\"}}");
        refused(answer, 422, "Invalid");
        assertThat(answer.causes()).containsExactly("FieldValueTooLong []");
    }

    @Test
    void unknownAndDuplicateFields(Kubectl kubectl) {
        String body = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\",\"colour\":\"red\"},\"data\":{\"a\":\"1\"},\"data\":{\"a\":\"2\"},\"dta\":{}}";
        Api.Answer answer = api.post(configMaps + "?fieldValidation=Strict", body);
        refused(answer, 400, "BadRequest");
        assertThat(answer.message()).contains("strict decoding error: ", "unknown field \"dta\"", "unknown field \"metadata.colour\"", "duplicate field \"data\"");
        String error = kubectl.refusedWith("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: b, imagePolicy: c}]}\n", "apply", "-f", "-");
        assertThat(error).contains("strict decoding error: unknown field \"spec.containers[0].imagePolicy\"");
    }

    @Test
    void wrongKinds() {
        refused(api.post(configMaps, "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"x\"}}"), 400, "BadRequest");
        refused(api.post(configMaps, "{\"apiVersion\":\"v9\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}"), 400, "BadRequest");
        refused(api.post(configMaps, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\",\"namespace\":\"elsewhere\"}}"), 400, "BadRequest");
        refused(api.post(pods, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"containers\":\"many\"}}"), 400, "BadRequest");
        refused(api.send("POST", configMaps, "text/html", "<p>".getBytes(UTF_8)), 415, "UnsupportedMediaType");
        refused(api.send("PATCH", configMaps + "/kube-root-ca.crt", "application/json", "{}".getBytes(UTF_8)), 415, "UnsupportedMediaType");
        refused(api.send("PATCH", configMaps + "/kube-root-ca.crt", "application/json-patch+json", "{}".getBytes(UTF_8)), 400, "BadRequest");
        refused(api.send("PUT", configMaps, "application/json", "{}".getBytes(UTF_8)), 405, "MethodNotAllowed");
    }

    @Test
    void namesThatBreakTheRules() {
        for (String name : new String[] {"Upper", "under_score", "-dash", "a".repeat(254), "dot..dot", "sp ace", "sl/ash"}) {
            Api.Answer answer = api.post(configMaps, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}");
            refused(answer, 422, "Invalid");
            assertThat(answer.causes()).as(name).contains("FieldValueInvalid metadata.name");
            assertThat(answer.body().path("details").path("kind").asText()).isEqualTo("ConfigMap");
        }
        Api.Answer nameless = api.post(configMaps, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{}}");
        refused(nameless, 422, "Invalid");
        assertThat(nameless.causes()).containsExactly("FieldValueRequired metadata.name");
        Api.Answer label = api.post(configMaps, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\",\"labels\":{\"a b\":\"c\",\"ok\":\"not ok!\"}}}");
        refused(label, 422, "Invalid");
        assertThat(label.causes()).isNotEmpty().allMatch("FieldValueInvalid metadata.labels"::equals);
    }

    @Test
    void specsThatBreakTheRules() {
        Api.Answer answer = api.post(pods, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"restartPolicy\":\"Sometimes\",\"containers\":[{\"name\":\"a\",\"image\":\"b\",\"ports\":[{\"containerPort\":70000}]},{\"name\":\"a\"}]}}");
        refused(answer, 422, "Invalid");
        assertThat(answer.message()).startsWith("Pod \"x\" is invalid: [");
        assertThat(answer.causes()).contains("FieldValueNotSupported spec.restartPolicy", "FieldValueInvalid spec.containers[0].ports[0].containerPort", "FieldValueDuplicate spec.containers[1].name", "FieldValueRequired spec.containers[1].image");
        Api.Answer empty = api.post(pods, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"},\"spec\":{}}");
        refused(empty, 422, "Invalid");
        assertThat(empty.causes()).containsExactly("FieldValueRequired spec.containers");
    }

    @Test
    void whatIsNotThere() {
        refused(api.get(configMaps + "/nobody"), 404, "NotFound");
        refused(api.get(configMaps.replace("/api/v1/", "/apis/nowhere.example.com/v1/").replace("configmaps", "things")), 404, "NotFound");
        Api.Answer answer = api.get(configMaps + "/nobody");
        assertThat(answer.message()).isEqualTo("configmaps \"nobody\" not found");
        assertThat(answer.body().path("details").toString()).isEqualTo("{\"name\":\"nobody\",\"kind\":\"configmaps\"}");
    }

    @Test
    void badParameters() {
        refused(api.get(configMaps + "?labelSelector=a%20b%20c"), 400, "BadRequest");
        refused(api.get(configMaps + "?fieldSelector=data.a%3D1"), 400, "BadRequest");
        refused(api.get(configMaps + "?limit=many"), 400, "BadRequest");
        refused(api.get(configMaps + "?continue=garbage"), 400, "BadRequest");
        refused(api.get(configMaps + "?resourceVersionMatch=Exact"), 422, "Invalid");
        refused(api.get(configMaps + "?resourceVersion=99999999999"), 504, "Timeout");
    }

    @Test
    void conflicts() {
        Api.Answer current = api.get(configMaps + "/kube-root-ca.crt");
        assertThat(current.code()).isEqualTo(200);
        current.body().withObject("/metadata").put("resourceVersion", "1");
        Api.Answer answer = api.send("PUT", configMaps + "/kube-root-ca.crt", "application/json", Manifest.text(current.body()).getBytes(UTF_8));
        refused(answer, 409, "Conflict");
        assertThat(answer.message()).contains("the object has been modified; please apply your changes to the latest version and try again");
        refused(api.post(configMaps, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"kube-root-ca.crt\"}}"), 409, "AlreadyExists");
    }

    @Test
    void missingRights(TestCluster cluster, Kubectl kubectl) {
        Api robot = new Api(cluster, kubectl.ok("create", "token", "default").strip());
        Api.Answer forbidden = robot.get(pods);
        refused(forbidden, 403, "Forbidden");
        assertThat(forbidden.message()).isEqualTo("pods is forbidden: User \"system:serviceaccount:" + kubectl.namespace() + ":default\" cannot list resource \"pods\" in API group \"\" in the namespace \"" + kubectl.namespace() + "\"");
        refused(new Api(cluster, "").get(pods), 403, "Forbidden");
        refused(new Api(cluster, "no.such.token").get(pods), 401, "Unauthorized");
        refused(api.post("/api/v1/nodes", "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"x\"}}"), 403, "Forbidden");
    }

    @Test
    void missingAndTerminatingNamespaces(Kubectl kubectl) {
        String body = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}";
        assertThat(kubectl.in("nowhere").refusedWith(body, "create", "-f", "-")).isEqualTo("Error from server (NotFound): error when creating \"STDIN\": namespaces \"nowhere\" not found\n");
        Kubectl doomed = kubectl.in("bad-input-doomed");
        kubectl.in("").ok("create", "namespace", "bad-input-doomed");
        doomed.okWith(body.replace("\"name\":\"x\"", "\"name\":\"held\",\"finalizers\":[\"example.com/hold\"]"), "create", "-f", "-");
        kubectl.in("").ok("delete", "namespace", "bad-input-doomed", "--wait=false");
        try {
            assertThat(doomed.refusedWith(body, "create", "-f", "-")).contains("Error from server (Forbidden)", "because it is being terminated");
            doomed.awaitPath("namespace/bad-input-doomed", "{.status.conditions[?(@.type==\"NamespaceFinalizersRemaining\")].status}", "True");
        } finally {
            doomed.ok("patch", "configmap", "held", "--type=merge", "-p", "{\"metadata\":{\"finalizers\":null}}");
        }
        kubectl.in("").awaitGone("namespace/bad-input-doomed");
    }
}
