package io.jakube.controller.serviceaccount;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.client.ApiClient;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.InformerSource;
import io.jakube.common.informer.Lister;
import io.jakube.common.status.ApiException;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.controller.runtime.Write;
import org.jspecify.annotations.Nullable;

/**
 * Deletes secrets of type {@code kubernetes.io/service-account-token} whose account is gone (Kubernetes documentation, "Managing Service Accounts").
 * The API server fills them.
 */
public final class TokenSecretController {
    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String ACCOUNT = "kubernetes.io/service-account.name";
    private static final String ACCOUNT_UID = "kubernetes.io/service-account.uid";

    private final Lister<Secret> secrets;
    private final Lister<ServiceAccount> accounts;
    private final ApiClient client;

    public TokenSecretController(ControllerScope scope) {
        InformerSource.Filter tokens = new InformerSource.Filter("", "type=" + TYPE, "");
        secrets = scope.informers().informer(Secret.class, tokens).lister();
        accounts = scope.lister(ServiceAccount.class);
        client = scope.client();
        ReconcileLoop loop = scope.loop("serviceaccount-token", 1, this::reconcile);
        scope.watch(Secret.class, tokens, EventHandler.forEach(secret -> loop.add(ControllerScope.keyOf(secret))));
        scope.watchEach(ServiceAccount.class, account -> {
            for (Secret secret : secrets.namespace(account.getMetadata().getNamespace())) {
                if (account.getMetadata().getName().equals(annotation(secret, ACCOUNT))) {
                    loop.add(ControllerScope.keyOf(secret));
                }
            }
        });
    }

    private static String annotation(Secret secret, String key) {
        return secret.getMetadata().getAnnotations() == null ? "" : secret.getMetadata().getAnnotations().getOrDefault(key, "");
    }

    private Plan reconcile(ObjectKey key) {
        Secret secret = secrets.get(key).orElse(null);
        if (secret == null || !TYPE.equals(secret.getType()) || secret.getMetadata().getDeletionTimestamp() != null) {
            return Plan.NOTHING;
        }
        ServiceAccount account = accounts.get(key.namespace(), annotation(secret, ACCOUNT)).orElseGet(() -> live(key.namespace(), annotation(secret, ACCOUNT)));
        String uid = annotation(secret, ACCOUNT_UID);
        boolean belongs = account != null && (uid.isEmpty() || uid.equals(account.getMetadata().getUid()));
        return belongs ? Plan.NOTHING : Plan.of(Write.Delete.of(secret, null));
    }

    /** An account that was made just before its secret may not have been seen yet. */
    private @Nullable ServiceAccount live(String namespace, String name) {
        try {
            return client.get(ServiceAccount.class, namespace, name);
        } catch (ApiException e) {
            if (e.code() == 404) {
                return null;
            }
            throw e;
        }
    }
}
