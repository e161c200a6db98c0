package io.jakube.apiserver.authentication;

import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequests;
import io.jakube.apiserver.admission.AdmissionRequests.PlainRequest;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.apiserver.registry.Admission;
import io.jakube.apiserver.registry.PostHandler;
import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import io.jakube.common.pki.ClusterPki;
import io.jakube.common.pki.Identity;
import io.jakube.common.pki.KeyAndCertificate;
import io.jakube.common.status.ApiException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthenticationTest {
    private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";
    private static final UserInfo ADMIN = new UserInfo("admin", "", List.of("system:masters"), Map.of());
    private static final UserInfo NODE = new UserInfo("system:node:n1", "", List.of("system:nodes"), Map.of());

    private static final class Time extends Clock {
        private Instant now = Instant.parse("2026-03-01T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @TempDir Path temp;

    private final Time time = new Time();
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private Authentication authentication;

    @BeforeEach
    void setUp() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        authentication = Authentication.create(store, ServiceAccountKeys.of(keys.getPrivate(), keys.getPublic()), ISSUER, time);
        store.create(GroupResource.core("serviceaccounts"), parse("{'metadata':{'name':'bot','namespace':'ns','uid':'sa-1'}}"));
        store.create(GroupResource.core("nodes"), parse("{'metadata':{'name':'n1','uid':'node-1'}}"));
        store.create(GroupResource.core("pods"), parse("{'metadata':{'name':'p','namespace':'ns','uid':'pod-1'},'spec':{'serviceAccountName':'bot','nodeName':'n1'}}"));
    }

    private static ApiRequest bearer(String token) {
        return new PlainRequest("GET", "/", Map.of("authorization", List.of("Bearer " + token)), new byte[0]);
    }

    private UserInfo whoIs(ApiRequest request) {
        return authentication.authenticator().authenticate(request).orElseThrow();
    }

    private ObjectNode call(String resource, UserInfo user, RequestInfo info, String apiVersion, String kind, String body) {
        SubresourceHandler handler = authentication.handlers(new PostHandler.Posting((request, expected) -> {
            try {
                return Json.readObject(request.body().readAllBytes());
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }, new Admission())).stream().filter(h -> h.place().resource().equals(resource)).findFirst().orElseThrow();
        ApiResponse.Complete response = (ApiResponse.Complete) handler.handle(AdmissionRequests.definition(apiVersion, kind, resource, false), AdmissionRequests.post(user, info, parse(body)));
        assertThat(response.status()).isEqualTo(201);
        return Json.readObject(response.body());
    }

    private ObjectNode tokenRequest(UserInfo user, String spec) {
        return call("serviceaccounts", user, new RequestInfo(true, "create", "", "", "v1", "ns", "serviceaccounts", "token", "bot", ""), "v1", "ServiceAccount", "{'spec':" + spec + "}");
    }

    private String token(String spec) {
        return tokenRequest(ADMIN, spec).path("status").path("token").asText();
    }

    private static ObjectNode claims(String token) {
        return Json.readObject(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    }

    private void unauthorized(String token) {
        assertThatThrownBy(() -> whoIs(bearer(token))).isInstanceOf(ApiException.class).hasMessage("Unauthorized");
    }

    @Test
    void withoutCredentialOneIsAnonymous() {
        assertThat(whoIs(new PlainRequest("GET", "/", Map.of(), new byte[0]))).isEqualTo(UserInfo.ANONYMOUS);
    }

    @Test
    void aWrongTokenIsRefusedNotAnonymous() {
        unauthorized("nonsense");
        unauthorized("a.b.c");
        String good = token("{}");
        unauthorized(good.substring(0, good.length() - 8) + "AAAAAAAA");
    }

    @Test
    void serviceAccountTokensIdentifyTheAccount() {
        UserInfo user = whoIs(bearer(token("{}")));
        assertThat(user.name()).isEqualTo("system:serviceaccount:ns:bot");
        assertThat(user.uid()).isEqualTo("sa-1");
        assertThat(user.groups()).containsExactly("system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated");
        assertThat(user.extra().get("authentication.kubernetes.io/credential-id").getFirst()).startsWith("JTI=");
    }

    @Test
    void podTokensNamePodAndNodeAndDieWithThePod() {
        String token = token("{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'p','uid':'pod-1'}}");
        assertThat(whoIs(bearer(token)).extra()).containsEntry("authentication.kubernetes.io/pod-name", List.of("p"))
                .containsEntry("authentication.kubernetes.io/pod-uid", List.of("pod-1")).containsEntry("authentication.kubernetes.io/node-name", List.of("n1"))
                .containsEntry("authentication.kubernetes.io/node-uid", List.of("node-1"));
        store.delete(GroupResource.core("pods"), "ns", "p", Json.object());
        assertThat(whoIs(bearer(token)).name()).as("remembered").isEqualTo("system:serviceaccount:ns:bot");
        time.now = time.now.plus(BearerAuthenticator.REMEMBERED);
        unauthorized(token);
    }

    @Test
    void tokensDieWithTheirAccount() {
        String token = token("{}");
        store.delete(GroupResource.core("serviceaccounts"), "ns", "bot", Json.object());
        store.create(GroupResource.core("serviceaccounts"), parse("{'metadata':{'name':'bot','namespace':'ns','uid':'sa-2'}}"));
        unauthorized(token);
    }

    @Test
    void tokensExpireAndHaveAudiences() {
        String token = token("{'expirationSeconds':600}");
        unauthorized(token("{'audiences':['vault']}"));
        time.now = time.now.plus(Duration.ofMinutes(12));
        unauthorized(token);
    }

    @Test
    void tokenRequestsAreChecked() {
        assertThatThrownBy(() -> tokenRequest(ADMIN, "{'expirationSeconds':60}"))
                .hasMessage("TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes");
        assertThatThrownBy(() -> tokenRequest(ADMIN, "{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'q'}}")).hasMessage("pods \"q\" not found");
        assertThatThrownBy(() -> tokenRequest(ADMIN, "{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'p','uid':'other'}}")).hasMessageContaining("does not match the UID in record");
        assertThatThrownBy(() -> tokenRequest(ADMIN, "{'boundObjectRef':{'kind':'Job','apiVersion':'batch/v1','name':'p'}}")).hasMessage("cannot bind token to object of type batch/v1, Kind=Job");
    }

    @Test
    void nodesMakeTokensForTheirPodsOnly() {
        assertThat(tokenRequest(NODE, "{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'p','uid':'pod-1'}}").path("status").path("token").asText()).isNotEmpty();
        assertThatThrownBy(() -> tokenRequest(NODE, "{}")).hasMessage("serviceaccounts \"bot\" is forbidden: node requested token not bound to a pod");
        store.create(GroupResource.core("pods"), parse("{'metadata':{'name':'r','namespace':'ns','uid':'pod-2'},'spec':{'serviceAccountName':'bot','nodeName':'n2'}}"));
        assertThatThrownBy(() -> tokenRequest(NODE, "{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'r','uid':'pod-2'}}")).hasMessageContaining("different node");
    }

    @Test
    void projectedTokensLiveLongerThanTheySay() {
        ObjectNode answer = tokenRequest(NODE, "{'expirationSeconds':3607,'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'p','uid':'pod-1'}}");
        ObjectNode claims = claims(answer.path("status").path("token").asText());
        assertThat(answer.path("status").path("expirationTimestamp").asText()).isEqualTo("2026-03-01T13:00:07Z");
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(365L * 24 * 3600);
        assertThat(claims.path("kubernetes.io").path("warnafter").asLong() - claims.path("iat").asLong()).isEqualTo(3607);
    }

    @Test
    void secretsAreFilledWithTokensThatDoNotExpire() {
        ObjectNode secret = parse("{'metadata':{'name':'bot-token','namespace':'ns','annotations':{'kubernetes.io/service-account.name':'bot'}},'type':'kubernetes.io/service-account-token'}");
        authentication.tokenSecrets("PEM").mutate(AdmissionRequests.create(ADMIN, "v1", "Secret", "secrets", "ns", secret));
        assertThat(secret.path("metadata").path("annotations").path("kubernetes.io/service-account.uid").asText()).isEqualTo("sa-1");
        String token = new String(Base64.getDecoder().decode(secret.path("data").path("token").asText()), StandardCharsets.UTF_8);
        unauthorized(token);
        store.create(GroupResource.core("secrets"), secret);
        time.now = time.now.plus(Duration.ofDays(1000));
        assertThat(whoIs(bearer(token)).name()).isEqualTo("system:serviceaccount:ns:bot");
        store.delete(GroupResource.core("secrets"), "ns", "bot-token", Json.object());
        time.now = time.now.plus(BearerAuthenticator.REMEMBERED);
        unauthorized(token);
    }

    @Test
    void bootstrapTokens() {
        ObjectNode secret = parse("{'metadata':{'name':'bootstrap-token-abcdef','namespace':'kube-system'},'type':'bootstrap.kubernetes.io/token'}");
        ObjectNode data = secret.putObject("data");
        Map.of("token-id", "abcdef", "token-secret", "0123456789abcdef", "usage-bootstrap-authentication", "true", "auth-extra-groups", "system:bootstrappers:workers,evil",
                "expiration", "2026-03-01T13:00:00Z").forEach((key, value) -> data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        store.create(GroupResource.core("secrets"), secret);
        UserInfo user = whoIs(bearer("abcdef.0123456789abcdef"));
        assertThat(user.name()).isEqualTo("system:bootstrap:abcdef");
        assertThat(user.groups()).containsExactly("system:bootstrappers", "system:bootstrappers:workers", "system:authenticated");
        unauthorized("abcdef.0123456789abcdee");
        time.now = time.now.plus(Duration.ofHours(2));
        unauthorized("abcdef.0123456789abcdef");
    }

    @Test
    void certificatesNameUserAndGroups() {
        KeyAndCertificate client = ClusterPki.open(temp.resolve("pki"), time).authority().issueClient(new Identity("ann", List.of("devs", "ops")));
        UserInfo user = whoIs(with(client.certificate()));
        assertThat(user.name()).isEqualTo("ann");
        assertThat(user.groups()).containsExactly("devs", "ops", "system:authenticated");
        time.now = time.now.plus(Duration.ofDays(400));
        assertThatThrownBy(() -> whoIs(with(client.certificate()))).hasMessage("Unauthorized");
    }

    private static ApiRequest with(X509Certificate certificate) {
        PlainRequest plain = new PlainRequest("GET", "/", Map.of(), new byte[0]);
        return (ApiRequest) java.lang.reflect.Proxy.newProxyInstance(AuthenticationTest.class.getClassLoader(), new Class<?>[] {ApiRequest.class},
                (proxy, method, arguments) -> method.getName().equals("clientCertificate") ? Optional.of(certificate) : method.invoke(plain, arguments));
    }

    @Test
    void tokenReviewsTellWhoseTokenItIs() {
        RequestInfo info = new RequestInfo(true, "create", "", "authentication.k8s.io", "v1", "", "tokenreviews", "", "", "");
        ObjectNode good = call("tokenreviews", ADMIN, info, "authentication.k8s.io/v1", "TokenReview", "{'spec':{'token':'" + token("{'audiences':['vault','x']}") + "','audiences':['vault']}}");
        assertThat(good.path("status").path("authenticated").asBoolean()).isTrue();
        assertThat(good.path("status").path("user").path("username").asText()).isEqualTo("system:serviceaccount:ns:bot");
        assertThat(good.path("status").path("audiences").path(0).asText()).isEqualTo("vault");
        ObjectNode bad = call("tokenreviews", ADMIN, info, "authentication.k8s.io/v1", "TokenReview", "{'spec':{'token':'x'}}");
        assertThat(bad.path("status").path("authenticated").asBoolean()).isFalse();
        assertThat(bad.path("status").path("error").asText()).isEqualTo("invalid bearer token");
    }

    @Test
    void selfSubjectReview() {
        RequestInfo info = new RequestInfo(true, "create", "", "authentication.k8s.io", "v1", "", "selfsubjectreviews", "", "", "");
        ObjectNode review = call("selfsubjectreviews", ADMIN, info, "authentication.k8s.io/v1", "SelfSubjectReview", "{}");
        assertThat(review.path("status").path("userInfo").path("username").asText()).isEqualTo("admin");
        assertThat(review.path("status").path("userInfo").path("groups").path(0).asText()).isEqualTo("system:masters");
    }

    @Test
    void discoveryDocumentsNameTheKey() {
        String path = "/openid/v1/jwks";
        ApiResponse.Complete keys = (ApiResponse.Complete) authentication.discovery().handle(
                new io.jakube.apiserver.request.RequestContext(bearer("x"), RequestInfo.nonResource("get", path), ADMIN, "audit"));
        ObjectNode key = (ObjectNode) Json.readObject(keys.body()).path("keys").path(0);
        ObjectNode header = Json.readObject(Base64.getUrlDecoder().decode(token("{}").split("\\.")[0]));
        assertThat(key.path("kid").asText()).isEqualTo(header.path("kid").asText());
        assertThat(key.has("d")).isFalse();
    }

    @Test
    void impersonationIsAuthorisedPartByPart() {
        HeaderImpersonation impersonation = new HeaderImpersonation((user, wish) -> new io.jakube.apiserver.authorization.Authorizer.Decision(
                wish.name().equals("root") ? io.jakube.apiserver.authorization.Authorizer.Verdict.NO_OPINION : io.jakube.apiserver.authorization.Authorizer.Verdict.ALLOW, ""));
        assertThat(impersonation.apply(headers(Map.of()), ADMIN)).isSameAs(ADMIN);
        UserInfo bob = impersonation.apply(headers(Map.of("impersonate-user", List.of("bob"), "impersonate-group", List.of("devs"), "impersonate-extra-acme.com%2fproject", List.of("a", "b"))), ADMIN);
        assertThat(bob).isEqualTo(new UserInfo("bob", "", List.of("devs", "system:authenticated"), Map.of("acme.com/project", List.of("a", "b"))));
        assertThat(impersonation.apply(headers(Map.of("impersonate-user", List.of("system:serviceaccount:ns:bot"))), ADMIN).groups())
                .containsExactly("system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated");
        assertThatThrownBy(() -> impersonation.apply(headers(Map.of("impersonate-user", List.of("root"))), ADMIN))
                .hasMessage("users \"root\" is forbidden: User \"admin\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope");
        assertThatThrownBy(() -> impersonation.apply(headers(Map.of("impersonate-group", List.of("devs"))), ADMIN)).hasMessageContaining("without impersonating a user");
    }

    private static ApiRequest headers(Map<String, List<String>> headers) {
        return new PlainRequest("GET", "/", headers, new byte[0]);
    }
}
