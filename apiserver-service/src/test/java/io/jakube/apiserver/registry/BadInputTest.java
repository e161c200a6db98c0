package io.jakube.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.TestApiServer;
import io.jakube.apiserver.TestApiServer.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is wrong with a request is said by code, reason, message and causes, and nothing is written. */
class BadInputTest {
    private static final String MAPS = "/api/v1/namespaces/d/configmaps";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/d/deployments";
    private static final String JSON_PATCH = "application/json-patch+json";
    private static final String MERGE = "application/merge-patch+json";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";

    private final TestApiServer api = new TestApiServer();
    private long before;

    @BeforeEach
    void create() {
        assertThat(api.post(MAPS, json("{'metadata':{'name':'a'},'data':{'k':'v'}}")).status()).isEqualTo(201);
        assertThat(api.post(DEPLOYMENTS, json("{'metadata':{'name':'web'},'spec':{'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},"
                + "'spec':{'containers':[{'name':'c','image':'i'}]}}}}")).status()).isEqualTo(201);
        before = api.store().currentRevision();
    }

    @AfterEach
    void nothingWasWritten() {
        assertThat(api.store().currentRevision()).isEqualTo(before);
        api.close();
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static void refused(Answer answer, int code, String reason, String message, String... causes) {
        assertThat(answer.failure()).as(answer.text()).isEqualTo(code + " " + reason);
        JsonNode status = answer.json();
        assertThat(status.path("kind").asText()).isEqualTo("Status");
        assertThat(status.path("status").asText()).isEqualTo("Failure");
        assertThat(status.path("code").asInt()).isEqualTo(code);
        assertThat(answer.message()).contains(message).doesNotContain("io.jakube", "Exception", "\tat ", "Source:");
        if (causes.length > 0) {
            List<String> found = new ArrayList<>();
            status.path("details").path("causes").forEach(cause -> found.add(cause.path("reason").asText() + " " + cause.path("field").asText()));
            assertThat(found).containsExactly(causes);
        }
    }

    private void post(String body, int code, String reason, String message, String... causes) {
        refused(api.post(MAPS, json(body)), code, reason, message, causes);
    }

    private void patch(String url, String type, String body, int code, String reason, String message, String... causes) {
        refused(api.patch(url, type, json(body)), code, reason, message, causes);
    }

    @Test
    void bodies() {
        String unrecognized = "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: ";
        post("", 400, "BadRequest", unrecognized + "unexpected end of JSON input (<empty>)");
        post("{", 400, "BadRequest", unrecognized + "unexpected end of JSON input ({)");
        post("nonsense", 400, "BadRequest", unrecognized + "invalid character 'n' looking for beginning of value");
        post("[]", 400, "BadRequest", unrecognized + "json: cannot unmarshal array into Go value");
        post("[".repeat(100_000), 400, "BadRequest", "json parse error");
        post("{'metadata':{'name':'x'},'data':{'k':1}}", 400, "BadRequest", "json: cannot unmarshal number into Go struct field ConfigMap.data of type string");
        post("{'kind':'Secret','apiVersion':'v1','metadata':{'name':'x'}}", 400, "BadRequest", "Secret in version \"v1\" cannot be handled as a ConfigMap");
        post("{'kind':'ConfigMap','apiVersion':'v9','metadata':{'name':'x'}}", 400, "BadRequest", "no kind \"ConfigMap\" is registered for version \"v9\"");
        post("{'metadata':{'name':'x','namespace':'other'}}", 400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request");
        post("{'metadata':{'name':'x'},'data':{'k':'" + "x".repeat(4 << 20) + "'}}", 413, "RequestEntityTooLarge", "limit is 3145728");
        refused(api.send("POST", MAPS, "k8s\0garbage", "Content-Type", "application/vnd.kubernetes.protobuf"), 400, "BadRequest", "the object provided is unrecognized");
        refused(api.send("POST", MAPS, "a: [", "Content-Type", "application/yaml"), 400, "BadRequest", "error converting YAML to JSON");
        refused(api.send("POST", MAPS, "<p>", "Content-Type", "text/html"), 415, "UnsupportedMediaType", "accepted media types include: application/json");
    }

    @Test
    void fieldValidation() {
        String body = json("{'metadata':{'name':'x','foo':1},'bar':1,'bar':2}");
        refused(api.post(MAPS + "?fieldValidation=Strict", body), 400, "BadRequest",
                "strict decoding error: duplicate field \"bar\", unknown field \"metadata.foo\", unknown field \"bar\"");
        refused(api.post(MAPS + "?fieldValidation=Loose", body), 422, "Invalid", "fieldValidation: Unsupported value: \"Loose\"", "FieldValueNotSupported fieldValidation");
        Answer warned = api.post(MAPS + "?dryRun=All&fieldValidation=Warn", body);
        assertThat(warned.status()).isEqualTo(201);
        assertThat(warned.headers().get("Warning")).contains("299 - \"unknown field \\\"metadata.foo\\\"\"");
        assertThat(api.post(MAPS + "?dryRun=All&fieldValidation=Ignore", body).headers()).doesNotContainKey("Warning");
    }

    @Test
    void metadata() {
        post("{'metadata':{}}", 422, "Invalid", "metadata.name: Required value: name or generateName is required", "FieldValueRequired metadata.name");
        post("{'metadata':{'name':'Upper'}}", 422, "Invalid", "a lowercase RFC 1123 subdomain must consist of", "FieldValueInvalid metadata.name");
        post("{'metadata':{'name':'x','finalizers':['kubernetes','foo']}}", 422, "Invalid", "name is neither a standard finalizer name nor is it fully qualified",
                "FieldValueInvalid metadata.finalizers[1]");
        post("{'metadata':{'name':'x','labels':{'a b':'c','k':'-bad'}}}", 422, "Invalid", "a valid label must be an empty string or", "FieldValueInvalid metadata.labels", "FieldValueInvalid metadata.labels");
        post("{'metadata':{'name':'x','annotations':{'k':'" + "x".repeat(300_000) + "'}}}", 422, "Invalid", "Too long: may not be more than 262144 bytes", "FieldValueTooLong metadata.annotations");
        post("{'metadata':{'name':'x'},'data':{'k':'" + "x".repeat(1_200_000) + "'}}", 422, "Invalid", "ConfigMap \"x\" is invalid: []: Too long: may not be more than 1048576 bytes", "FieldValueTooLong []");
        post("{'metadata':{'name':'x','resourceVersion':'5'}}", 400, "BadRequest", "resourceVersion should not be set on objects to be created");
        post("{'metadata':{'name':'a'}}", 409, "AlreadyExists", "configmaps \"a\" already exists");
    }

    @Test
    void updates() {
        refused(api.put(MAPS + "/a", json("{'metadata':{'name':'b'}}")), 400, "BadRequest", "the name of the object (b) does not match the name on the URL (a)");
        refused(api.put(MAPS + "/none", json("{'metadata':{'name':'none'}}")), 404, "NotFound", "configmaps \"none\" not found");
        refused(api.put(MAPS + "/a", json("{'metadata':{'name':'a','resourceVersion':'999'}}")), 409, "Conflict", "the object has been modified; please apply your changes to the latest version");
        refused(api.put(MAPS + "/a", json("{'metadata':{'name':'a','uid':'x'}}")), 409, "Conflict", "Precondition failed: UID in precondition: x");
        patch(DEPLOYMENTS + "/web", MERGE, "{'spec':{'selector':{'matchLabels':{'a':'z'}},'template':{'metadata':{'labels':{'a':'z'}}}}}", 422, "Invalid",
                "spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"z\"}}: field is immutable", "FieldValueInvalid spec.selector");
    }

    @Test
    void patches() {
        patch(MAPS + "/a", "application/json", "{}", 415, "UnsupportedMediaType", "accepted media types include: application/json-patch+json");
        patch(MAPS + "/none", MERGE, "{}", 404, "NotFound", "configmaps \"none\" not found");
        patch(MAPS + "/a", JSON_PATCH, "{}", 400, "BadRequest", "json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        patch(MAPS + "/a", JSON_PATCH, "[{'op':'test','path':'/data/k','value':'other'}]", 422, "Invalid", "the server rejected our request due to an error in our request");
        patch(MAPS + "/a", JSON_PATCH, "[{'op':'remove','path':'/data/none'}]", 422, "Invalid", "the server rejected our request due to an error in our request");
        patch(MAPS + "/a", JSON_PATCH, "[{'op':'turn','path':'/data'}]", 400, "BadRequest", "turn");
        patch(MAPS + "/a", JSON_PATCH, "[{'op':'add','path':'/data','value':'text'}]", 422, "Invalid",
                "json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string", "FieldValueInvalid patch");
        patch(MAPS + "/a", MERGE, "{'data':7}", 422, "Invalid", "patch: Invalid value: \"{\\\"kind\\\":\\\"ConfigMap\\\"", "FieldValueInvalid patch");
        patch(MAPS + "/a", MERGE, "[]", 400, "BadRequest", "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}");
        patch(MAPS + "/a?fieldValidation=Strict", MERGE, "{'foo':1}", 422, "Invalid", "strict decoding error: unknown field \"foo\"", "FieldValueInvalid patch");
        patch(MAPS + "/a", MERGE, "{'metadata':{'resourceVersion':'999'},'data':{'k':'w'}}", 409, "Conflict", "the object has been modified");
        patch(DEPLOYMENTS + "/web", STRATEGIC, "[]", 400, "BadRequest", "json: cannot unmarshal array into Go value of type map[string]interface {}");
        patch(DEPLOYMENTS + "/web", STRATEGIC, "{'spec':{'template':{'spec':{'containers':7}}}}", 422, "Invalid", "cannot unmarshal number", "FieldValueInvalid patch");
        patch(DEPLOYMENTS + "/web", STRATEGIC, "{'spec':{'template':{'spec':{'containers':[{'image':'x'}]}}}}", 400, "BadRequest", "does not contain declared merge key: name");
        patch(MAPS + "/a", "application/apply-patch+yaml", "{}", 422, "Invalid", "fieldManager: Required value: is required for apply patch", "FieldValueRequired fieldManager");
        patch(MAPS + "/a?force=true", MERGE, "{}", 422, "Invalid", "force: Forbidden: may not be specified for non-apply patch", "FieldValueForbidden force");
    }

    @Test
    void pathsAndMethods() {
        String unknown = "the server could not find the requested resource";
        for (String path : new String[] {"/api/v1/namespaces/d/foos", "/apis/foo.example.com/v1/bars", "/apis/apps/v1beta9/deployments", MAPS + "/a/foo", MAPS + "/a/status", "/api/v1/namespaces/d/nodes", "/api/v1/configmaps/a"}) {
            refused(api.get(path), 404, "NotFound", unknown);
        }
        String notAllowed = "the server does not allow this method on the requested resource";
        refused(api.put(MAPS, "{}"), 405, "MethodNotAllowed", notAllowed);
        refused(api.patch(MAPS, MERGE, "{}"), 405, "MethodNotAllowed", notAllowed);
        refused(api.post(MAPS + "/a", "{}"), 405, "MethodNotAllowed", notAllowed);
        refused(api.post(DEPLOYMENTS + "/web/status", "{}"), 405, "MethodNotAllowed", notAllowed);
        refused(api.post("/api/v1/configmaps", "{}"), 405, "MethodNotAllowed", notAllowed);
    }

    @Test
    void parameters() {
        refused(api.get(MAPS + "?labelSelector=a%20b%20c"), 400, "BadRequest", "unable to parse requirement: found 'b'");
        refused(api.get(MAPS + "?fieldSelector=data.a%3D1"), 400, "BadRequest", "\"data.a\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
        refused(api.get(MAPS + "?limit=many"), 400, "BadRequest", "strconv.ParseInt: parsing \"many\": invalid syntax");
        refused(api.get(MAPS + "?continue=garbage"), 400, "BadRequest", "continue key is not valid");
        refused(api.get(MAPS + "?resourceVersion=abc"), 400, "BadRequest", "strconv.ParseUint: parsing \"abc\": invalid syntax");
        refused(api.get(MAPS + "/a?resourceVersion=abc"), 400, "BadRequest", "strconv.ParseUint: parsing \"abc\": invalid syntax");
        refused(api.get(MAPS + "?resourceVersionMatch=Exact"), 422, "Invalid", "resourceVersionMatch is forbidden unless resourceVersion is provided", "FieldValueForbidden resourceVersionMatch");
        refused(api.get(MAPS, "Accept", "text/html"), 406, "NotAcceptable", "only the following media types are accepted: application/json");
        refused(api.post(MAPS + "?dryRun=Some", json("{'metadata':{'name':'x'}}")), 422, "Invalid", "dryRun: Unsupported value: \"Some\"", "FieldValueNotSupported dryRun");
    }

    @Test
    void deletions() {
        refused(api.delete(MAPS + "/none"), 404, "NotFound", "configmaps \"none\" not found");
        refused(api.delete(MAPS + "/a", "{"), 400, "BadRequest", "couldn't get version/kind; json parse error: unexpected end of JSON input");
        refused(api.delete(MAPS + "/a", json("{'propagationPolicy':'Foo'}")), 422, "Invalid",
                "propagationPolicy: Unsupported value: \"Foo\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"", "FieldValueNotSupported propagationPolicy");
        refused(api.delete(MAPS + "/a", json("{'preconditions':{'uid':'x'}}")), 409, "Conflict", "Precondition failed: UID in precondition: x");
        refused(api.delete(MAPS + "/a", json("{'preconditions':{'resourceVersion':'999'}}")), 409, "Conflict", "Precondition failed: ResourceVersion in precondition: 999");
        refused(api.delete(MAPS + "/a", json("{'kind':'Foo','apiVersion':'v1'}")), 400, "BadRequest", "decoded object cannot be converted to DeleteOptions");
    }
}
