package io.jakube.launcher.probe;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.client.ApiClients;
import io.jakube.common.client.RestClient;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Asks the running cluster how it is, as the administrator. Each question answers empty for "well" or says in words what is not. */
public final class ClusterProbe {
    private final Path kubeconfig;
    private RestClient client;

    public ClusterProbe(Path kubeconfig) {
        this.kubeconfig = requireNonNull(kubeconfig, "kubeconfig is null");
    }

    private RestClient client() throws IOException {
        if (client == null) {
            client = ApiClients.restClient(kubeconfig, "jakube");
        }
        return client;
    }

    /** Whether the API server is ready to serve: its caches are filled and a fresh cluster's objects are written. */
    public Optional<String> apiServer() {
        try {
            HttpResponse<String> answer = client().send(client().prepare("/readyz").timeout(Duration.ofSeconds(5)).GET().build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.empty() : Optional.of(answer.body().strip());
        } catch (IOException | UncheckedIOException e) {
            return Optional.of("does not answer (" + reason(e) + ")");
        }
    }

    /** Marks a node as one that runs the control plane, as tables show under ROLES. Only an administrator may. */
    public void labelControlPlane(String node) throws IOException {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").putObject("labels").put("node-role.kubernetes.io/control-plane", "");
        client().request("PATCH", "/api/v1/nodes/" + node, patch, "application/merge-patch+json");
    }

    /** Whether at least {@code count} nodes are Ready. */
    public Optional<String> nodes(int count) {
        try {
            JsonNode list = client().request("GET", "/api/v1/nodes", null, "application/json");
            int ready = 0;
            String why = "no node has registered";
            for (JsonNode node : list.path("items")) {
                for (JsonNode condition : node.path("status").path("conditions")) {
                    if ("Ready".equals(condition.path("type").asText())) {
                        if ("True".equals(condition.path("status").asText())) {
                            ready++;
                        } else {
                            why = "node " + node.path("metadata").path("name").asText() + " is not Ready: " + condition.path("message").asText(condition.path("reason").asText());
                        }
                    }
                }
            }
            return ready >= count ? Optional.empty() : Optional.of(ready > 0 ? ready + " of " + count + " nodes are Ready" : why);
        } catch (ApiException e) {
            return Optional.of(e.getMessage());
        } catch (IOException | UncheckedIOException e) {
            return Optional.of("the API server does not answer (" + reason(e) + ")");
        }
    }

    /** Whether the scheduler's or controller manager's leader lease is being renewed. @param lease name in kube-system */
    public Optional<String> leader(String lease) {
        try {
            JsonNode object = client().request("GET", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/" + lease, null, "application/json");
            String renewed = object.path("spec").path("renewTime").asText("");
            String holder = object.path("spec").path("holderIdentity").asText("");
            if (holder.isEmpty() || renewed.isEmpty()) {
                return Optional.of("nobody leads");
            }
            Duration age = Duration.between(java.time.Instant.parse(renewed), java.time.Instant.now());
            return age.toSeconds() > 20 ? Optional.of("its leader " + holder + " was last heard of " + age.toSeconds() + " s ago") : Optional.empty();
        } catch (ApiException e) {
            return Optional.of(e.getMessage());
        } catch (IOException | UncheckedIOException e) {
            return Optional.of("the API server does not answer (" + reason(e) + ")");
        }
    }

    /**
     * Gives a leader's lease free whose holder ran on this host and does not any more, so that its successor need not wait for the lease to expire.
     *
     * @param lease name in kube-system
     * @param alive processes that may hold it
     */
    public void releaseLeaseOfTheDead(String lease, Set<Long> alive) {
        String path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/" + lease;
        try {
            JsonNode object = client().request("GET", path, null, "application/json");
            String holder = object.path("spec").path("holderIdentity").asText("");
            String pid = holder.contains("_") ? holder.substring(0, holder.indexOf('_')) : "";
            if (!pid.matches("\\d{1,18}") || alive.contains(Long.parseLong(pid))) {
                return;
            }
            ObjectNode patch = Json.object();
            patch.putObject("metadata").put("resourceVersion", object.path("metadata").path("resourceVersion").asText());
            patch.putObject("spec").put("holderIdentity", "").put("leaseDurationSeconds", 1);
            client().request("PATCH", path, patch, "application/merge-patch+json");
        } catch (ApiException e) {
            if (!e.is("NotFound") && !e.is("Conflict")) {
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether cluster DNS resolves the API server's service. */
    public Optional<String> dns(String server, String domain, String expectedAddress) {
        try {
            SimpleResolver resolver = new SimpleResolver(server);
            resolver.setTimeout(Duration.ofSeconds(1));
            Message answer = resolver.send(Message.newQuery(Record.newRecord(Name.fromString("kubernetes.default.svc." + domain + "."), Type.A, DClass.IN)));
            for (Record record : answer.getSection(Section.ANSWER)) {
                if (record instanceof ARecord a && a.getAddress().getHostAddress().equals(expectedAddress)) {
                    return Optional.empty();
                }
            }
            return Optional.of("does not know kubernetes.default.svc." + domain);
        } catch (TextParseException | UnknownHostException e) {
            throw new IllegalArgumentException(e);
        } catch (IOException e) {
            return Optional.of("does not answer at " + server + ":53");
        }
    }

    private static String reason(Exception e) {
        Throwable cause = e;
        while (cause.getMessage() == null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
