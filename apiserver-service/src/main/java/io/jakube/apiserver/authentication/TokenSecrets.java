package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionPlugin;
import io.jakube.apiserver.admission.AdmissionRequest;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Fills secrets of the type {@code kubernetes.io/service-account-token} with a token that does not expire, the cluster's certificate and the
 * namespace, as they are written (Kubernetes documentation, "Manually create a long-lived API token for a ServiceAccount"). A secret that
 * names no existing service account stays as it is.
 */
final class TokenSecrets implements AdmissionPlugin {
    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String NAME = "kubernetes.io/service-account.name";
    private static final String UID = "kubernetes.io/service-account.uid";

    private final ServiceAccountTokens tokens;
    private final ObjectStore store;
    private final String authorityPem;

    TokenSecrets(ServiceAccountTokens tokens, ObjectStore store, String authorityPem) {
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.store = requireNonNull(store, "store is null");
        this.authorityPem = requireNonNull(authorityPem, "authorityPem is null");
    }

    @Override
    public String name() {
        return "ServiceAccountTokenSecret";
    }

    @Override
    public void mutate(AdmissionRequest request) {
        ObjectNode secret = request.object();
        if (secret == null || request.operation() != Operation.CREATE && request.operation() != Operation.UPDATE || !request.isFor("", "secrets") || !Fields.text(secret, "type").equals(TYPE)) {
            return;
        }
        ObjectNode data = Fields.ensureObject(secret, "data");
        ObjectNode annotations = Fields.ensureObject(Fields.ensureObject(secret, "metadata"), "annotations");
        String account = Fields.text(annotations, NAME);
        if (account.isEmpty() || !Fields.text(data, "token").isEmpty()) {
            return;
        }
        GroupResource accounts = GroupResource.core("serviceaccounts");
        Optional<String> uid = store.get(accounts, request.namespace(), account).map(found -> Fields.text(found, "metadata", "uid"))
                .filter(found -> Fields.text(annotations, UID).isEmpty() || Fields.text(annotations, UID).equals(found));
        if (uid.isEmpty()) {
            return;
        }
        annotations.put(UID, uid.get());
        String name = request.name().isEmpty() ? Fields.text(secret, "metadata", "name") : request.name();
        data.put("token", encoded(tokens.issueForSecret(request.namespace(), account, uid.get(), name)));
        data.put("ca.crt", encoded(authorityPem));
        data.put("namespace", encoded(request.namespace()));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
