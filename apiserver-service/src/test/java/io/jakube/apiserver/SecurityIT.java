package io.jakube.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.bootstrap.Bootstrap;
import io.jakube.apiserver.bootstrap.ClusterSettings;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.common.api.BuiltinResources;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import io.jakube.common.pki.ClusterPki;
import io.jakube.common.pki.Identity;
import io.jakube.common.pki.Pem;
import io.jakube.common.pki.SubjectAltNames;
import io.jakube.common.schema.BuiltinSchemas;
import io.jakube.common.schema.SchemaObjectDecoder;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what in a server with everything plugged in, over a real PostgreSQL. */
class SecurityIT {
    @TempDir static Path temp;

    private static TemporaryPostgres postgres;
    private static KeyValueStore store;
    private static ApiServer server;
    private static ClusterPki pki;
    private static Caller admin;

    /** Somebody with a credential. */
    private record Caller(@Nullable X509Certificate certificate, Map<String, String> headers) {
        static Caller of(Identity identity) {
            return new Caller(pki.authority().issueClient(identity).certificate(), Map.of());
        }

        static Caller bearer(String token) {
            return new Caller(null, Map.of("authorization", "Bearer " + token));
        }

        Caller as(String user) {
            return new Caller(certificate, Map.of("impersonate-user", user));
        }

        Answer send(String method, String path, String body) {
            Map<String, String> all = new HashMap<>(headers);
            all.put("content-type", "application/json");
            ApiResponse.Complete response = (ApiResponse.Complete) server.handle(new Call(method, path, all, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), Optional.ofNullable(certificate)));
            return new Answer(response.status(), Json.readObject(response.body()));
        }

        Answer get(String path) {
            return send("GET", path, "");
        }

        Answer post(String path, String body) {
            return send("POST", path, body);
        }
    }

    private record Answer(int status, ObjectNode body) {
        String message() {
            return body.path("message").asText();
        }
    }

    private record Call(String method, String path, Map<String, String> sent, byte[] content, Optional<X509Certificate> clientCertificate) implements ApiRequest {
        @Override
        public Map<String, List<String>> query() {
            return Map.of();
        }

        @Override
        public List<String> headers(String name) {
            String value = sent.get(name.toLowerCase(Locale.ROOT));
            return value == null ? List.of() : List.of(value);
        }

        @Override
        public List<String> headerNames() {
            return List.copyOf(sent.keySet());
        }

        @Override
        public String remoteAddress() {
            return "127.0.0.1";
        }

        @Override
        public InputStream body() {
            return new ByteArrayInputStream(content);
        }
    }

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgres.temporary();
        pki = ClusterPki.open(temp.resolve("pki"), Clock.systemUTC());
        pki.ensureApiServer(SubjectAltNames.apiServer("10.96.0.1", "cluster.local"));
        ApiServerConfig config = new ApiServerConfig(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile(), 6443, "192.0.2.5", temp.resolve("pki"),
                "https://kubernetes.default.svc.cluster.local", "10.96.0.0/16", "30000-32767");
        store = PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()));
        BuiltinSchemas schemas = BuiltinSchemas.load();
        server = new ApiServer(new ApiServer.Foundation(config, store, BuiltinResources.load(), schemas, new SchemaObjectDecoder(schemas), Clock.systemUTC()), StandardPlugins::create);
        server.start();
        admin = Caller.of(Identity.ADMIN);
        await(SecurityIT::ready);
        admin.post("/api/v1/namespaces", "{'metadata':{'name':'team'}}");
        admin.post("/api/v1/namespaces/team/serviceaccounts", "{'metadata':{'name':'default'}}");
        admin.post("/api/v1/namespaces/team/serviceaccounts", "{'metadata':{'name':'bot'}}");
    }

    @AfterAll
    static void stop() {
        server.close();
        store.close();
        postgres.close();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static boolean ready() {
        return server.handle(new Call("GET", "/readyz", Map.of(), new byte[0], Optional.empty())).status() == 200;
    }

    @Test
    void aFreshClusterHoldsItsRoles() {
        assertThat(admin.get("/api/v1/namespaces/kube-system").status()).isEqualTo(200);
        assertThat(admin.get("/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical").body().path("value").asInt()).isEqualTo(2_000_001_000);
        assertThat(admin.get("/api/v1/namespaces/default/services/kubernetes").body().path("spec").path("clusterIP").asText()).isEqualTo("10.96.0.1");
        assertThat(admin.get("/api/v1/namespaces/default/endpoints/kubernetes").body().path("subsets").path(0).path("addresses").path(0).path("ip").asText()).isEqualTo("192.0.2.5");
        await(() -> admin.get("/apis/rbac.authorization.k8s.io/v1/clusterroles/admin").body().path("rules").size() > 20);
    }

    @Test
    void strangersLearnTheHealthOnly() {
        Caller stranger = new Caller(null, Map.of());
        assertThat(stranger.get("/version").status()).isNotEqualTo(403);
        Answer refused = stranger.get("/api/v1/namespaces/default/pods");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).isEqualTo("pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"");
        assertThat(Caller.bearer("nonsense").get("/version").status()).isEqualTo(401);
    }

    @Test
    void rolesOpenWhatTheyName() {
        Caller ann = Caller.of(new Identity("ann", List.of("devs")));
        assertThat(ann.get("/api/v1/namespaces/team/configmaps").status()).isEqualTo(403);
        assertThat(ann.get("/api").status()).isNotEqualTo(403);
        admin.post("/apis/rbac.authorization.k8s.io/v1/namespaces/team/rolebindings",
                "{'metadata':{'name':'devs'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'view'},'subjects':[{'apiGroup':'rbac.authorization.k8s.io','kind':'Group','name':'devs'}]}");
        await(() -> ann.get("/api/v1/namespaces/team/configmaps").status() == 200);
        assertThat(ann.get("/api/v1/namespaces/team/secrets").status()).isEqualTo(403);
        assertThat(ann.get("/api/v1/namespaces/default/configmaps").status()).isEqualTo(403);
    }

    @Test
    void nobodyGivesMoreThanTheyHave() {
        Caller giver = Caller.of(new Identity("giver", List.of("givers")));
        admin.post("/apis/rbac.authorization.k8s.io/v1/namespaces/team/rolebindings",
                "{'metadata':{'name':'givers'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'admin'},'subjects':[{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'giver'}]}");
        String roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/team/roles";
        await(() -> giver.post(roles, "{'metadata':{'generateName':'r-'},'rules':[{'verbs':['get'],'apiGroups':[''],'resources':['pods']}]}").status() == 201);
        Answer refused = giver.post(roles, "{'metadata':{'name':'all'},'rules':[{'verbs':['*'],'apiGroups':['*'],'resources':['*']}]}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).contains("is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}");
    }

    @Test
    void serviceAccountsUseTokensThatDieWithTheirPod() {
        Answer pod = admin.post("/api/v1/namespaces/team/pods", "{'metadata':{'name':'app'},'spec':{'serviceAccountName':'bot','containers':[{'name':'c','image':'nginx'}]}}");
        assertThat(pod.status()).as(pod.message()).isEqualTo(201);
        JsonNode spec = pod.body().path("spec");
        assertThat(spec.path("volumes").path(0).path("projected").path("sources")).hasSize(3);
        assertThat(spec.path("volumes").path(0).path("projected").path("defaultMode").asInt()).isEqualTo(420);
        assertThat(spec.path("tolerations")).hasSize(2);
        assertThat(spec.path("priority").asInt(-1)).isZero();
        Answer token = admin.post("/api/v1/namespaces/team/serviceaccounts/bot/token", "{'spec':{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'app'}}}");
        assertThat(token.status()).as(token.message()).isEqualTo(201);
        Caller bot = Caller.bearer(token.body().path("status").path("token").asText());
        Answer self = bot.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
        assertThat(self.body().path("status").path("userInfo").path("username").asText()).isEqualTo("system:serviceaccount:team:bot");
        assertThat(self.body().path("status").path("userInfo").path("extra").path("authentication.kubernetes.io/pod-name").path(0).asText()).isEqualTo("app");
        assertThat(bot.get("/openid/v1/jwks").body().path("keys")).hasSize(1);
        assertThat(bot.get("/api/v1/namespaces/team/pods").message()).startsWith("pods is forbidden: User \"system:serviceaccount:team:bot\"");
    }

    @Test
    void nodesReachWhatTheirPodsUse() {
        Caller node = Caller.of(Identity.node("n1"));
        Answer made = node.post("/api/v1/nodes", "{'metadata':{'name':'n1'}}");
        assertThat(made.status()).as(made.message()).isEqualTo(201);
        assertThat(made.body().path("spec").path("taints").path(0).path("key").asText()).isEqualTo("node.kubernetes.io/not-ready");
        assertThat(node.post("/api/v1/nodes", "{'metadata':{'name':'n2'}}").message()).contains("node \"n1\" is not allowed to modify node \"n2\"");
        admin.post("/api/v1/namespaces/team/secrets", "{'metadata':{'name':'keys'}}");
        assertThat(node.get("/api/v1/namespaces/team/secrets/keys").message()).endsWith("no relationship found between node 'n1' and this object");
        Answer pod = admin.post("/api/v1/namespaces/team/pods",
                "{'metadata':{'name':'with-keys'},'spec':{'nodeName':'n1','containers':[{'name':'c','image':'nginx','envFrom':[{'secretRef':{'name':'keys'}}]}]}}");
        assertThat(pod.status()).as(pod.message()).isEqualTo(201);
        await(() -> node.get("/api/v1/namespaces/team/secrets/keys").status() == 200);
        Answer status = node.send("PUT", "/api/v1/namespaces/team/pods/with-keys/status", "{'metadata':{'name':'with-keys'},'status':{'phase':'Running'}}");
        assertThat(status.status()).as(status.message()).isEqualTo(200);
    }

    /** Evictions, bindings and token requests pass admission as every create does. */
    @Test
    void nodesEvictTheirOwnPodsOnly() {
        Caller node = Caller.of(Identity.node("n7"));
        for (String name : new String[] {"n7", "n8"}) {
            admin.post("/api/v1/nodes", "{'metadata':{'name':'" + name + "'}}");
            assertThat(admin.post("/api/v1/namespaces/team/pods", "{'metadata':{'name':'on-" + name + "'},'spec':{'nodeName':'" + name + "','containers':[{'name':'c','image':'nginx'}]}}").status()).isEqualTo(201);
        }
        Answer refused = node.post("/api/v1/namespaces/team/pods/on-n8/eviction", "{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':'on-n8'}}");
        assertThat(refused.status()).as(refused.message()).isEqualTo(403);
        assertThat(refused.message()).isEqualTo("pods \"on-n8\" is forbidden: node \"n7\" can only evict pods with spec.nodeName set to itself");
        Answer evicted = node.post("/api/v1/namespaces/team/pods/on-n7/eviction", "{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':'on-n7'}}");
        assertThat(evicted.status()).as(evicted.message()).isEqualTo(201);
    }

    @Test
    void nothingIsDoneInANamespaceThatGoes() {
        admin.post("/api/v1/namespaces", "{'metadata':{'name':'going'}}");
        admin.post("/api/v1/namespaces/going/serviceaccounts", "{'metadata':{'name':'default'}}");
        assertThat(admin.post("/api/v1/namespaces/going/pods", "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'nginx'}]}}").status()).isEqualTo(201);
        admin.send("DELETE", "/api/v1/namespaces/going", "");
        Answer binding = admin.post("/api/v1/namespaces/going/pods/p/binding", "{'metadata':{'name':'p'},'target':{'kind':'Node','name':'n1'}}");
        assertThat(binding.status()).as(binding.message()).isEqualTo(403);
        Answer eviction = admin.post("/api/v1/namespaces/going/pods/p/eviction", "{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':'p'}}");
        assertThat(eviction.message()).endsWith("because it is being terminated");
        assertThat(eviction.body().path("details").path("causes").path(0).path("reason").asText()).as("by which kubectl drain knows").isEqualTo("NamespaceTerminating");
        assertThat(admin.post("/api/v1/namespaces/going/serviceaccounts/default/token", "{'spec':{}}").status()).isEqualTo(403);
        assertThat(admin.post("/apis/authorization.k8s.io/v1/namespaces/going/localsubjectaccessreviews",
                "{'metadata':{'namespace':'going'},'spec':{'user':'bob','resourceAttributes':{'namespace':'going','verb':'get','resource':'pods'}}}").status()).isEqualTo(201);
    }

    @Test
    void accessReviewsAndImpersonation() {
        Answer review = admin.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{'spec':{'resourceAttributes':{'verb':'delete','resource':'nodes'}}}");
        assertThat(review.status()).as(review.message()).isEqualTo(201);
        assertThat(review.body().path("status").path("allowed").asBoolean()).isTrue();
        assertThat(admin.as("bob").get("/api/v1/nodes").message()).startsWith("nodes is forbidden: User \"bob\" cannot list");
        assertThat(Caller.of(new Identity("carl", List.of())).as("bob").get("/api/v1/nodes").message()).startsWith("users \"bob\" is forbidden: User \"carl\" cannot impersonate");
        Answer rules = admin.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", "{'spec':{'namespace':'team'}}");
        assertThat(rules.body().path("status").path("resourceRules")).isNotEmpty();
    }

    @Test
    void quotasHold() {
        admin.post("/api/v1/namespaces", "{'metadata':{'name':'small'}}");
        admin.post("/api/v1/namespaces/small/resourcequotas", "{'metadata':{'name':'q'},'spec':{'hard':{'configmaps':'1'}}}");
        await(() -> server.objects().getCached(GroupResource.core("resourcequotas"), "small", "q").isPresent());
        assertThat(admin.post("/api/v1/namespaces/small/configmaps", "{'metadata':{'name':'a'}}").status()).isEqualTo(201);
        assertThat(admin.post("/api/v1/namespaces/small/configmaps", "{'metadata':{'name':'b'}}").message()).contains("exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: configmaps=1");
    }

    @Test
    void startingAgainWritesNothing() {
        long before = store.currentRevision();
        Bootstrap.run(server.objects(), new ClusterSettings("10.96.0.1", "192.0.2.5", 6443, Pem.encode(pki.authority().certificate())));
        // Quota usage is recounted in the background, whatever the bootstrap does.
        assertThat(store.range(KeyRange.prefix(Key.of("/registry/")), 0, 0).items())
                .filteredOn(item -> item.modRevision() > before && !item.key().toString().startsWith("/registry/core/resourcequotas/"))
                .isEmpty();
    }
}
