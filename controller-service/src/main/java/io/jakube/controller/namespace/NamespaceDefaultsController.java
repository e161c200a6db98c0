package io.jakube.controller.namespace;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.InformerSource;
import io.jakube.common.informer.Lister;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.controller.runtime.Write;
import java.util.Map;

/** Sees that every namespace has the service account {@code default} and the config map {@code kube-root-ca.crt}. */
public final class NamespaceDefaultsController {
    private static final String ACCOUNT = "default";
    private static final String CONFIG_MAP = "kube-root-ca.crt";
    private static final String DESCRIPTION = "kubernetes.io/description";
    private static final String DESCRIPTION_TEXT = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP "
            + "or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

    private final Lister<Namespace> namespaces;
    private final Lister<ServiceAccount> accounts;
    private final Lister<ConfigMap> configMaps;
    private final String authority;

    /** @param authority PEM of the API server's certificate authority */
    public NamespaceDefaultsController(ControllerScope scope, String authority) {
        this.authority = requireNonNull(authority, "authority is null");
        InformerSource.Filter rootCa = new InformerSource.Filter("", "metadata.name=" + CONFIG_MAP, "");
        namespaces = scope.lister(Namespace.class);
        accounts = scope.lister(ServiceAccount.class);
        configMaps = scope.informers().informer(ConfigMap.class, rootCa).lister();
        ReconcileLoop accountLoop = scope.loop("serviceaccount", 1, key -> account(key.name()));
        ReconcileLoop authorityLoop = scope.loop("root-ca-certificate-publisher", 1, key -> rootCa(key.name()));
        scope.watchInto(Namespace.class, accountLoop);
        scope.watchInto(Namespace.class, authorityLoop);
        scope.watch(ServiceAccount.class, new OnLoss<>(ACCOUNT, accountLoop));
        scope.watch(ConfigMap.class, rootCa, new OnLoss<>(CONFIG_MAP, authorityLoop));
    }

    private boolean isActive(String namespace) {
        return namespaces.get("", namespace).filter(n -> n.getMetadata().getDeletionTimestamp() == null).isPresent();
    }

    private Plan account(String namespace) {
        if (!isActive(namespace) || accounts.get(namespace, ACCOUNT).isPresent()) {
            return Plan.NOTHING;
        }
        ServiceAccount account = new ServiceAccountBuilder().withNewMetadata().withNamespace(namespace).withName(ACCOUNT).endMetadata().build();
        return Plan.of(new Write.Create(account, true, null));
    }

    private Plan rootCa(String namespace) {
        if (!isActive(namespace)) {
            return Plan.NOTHING;
        }
        Map<String, String> data = Map.of("ca.crt", authority);
        ConfigMap existing = configMaps.get(namespace, CONFIG_MAP).orElse(null);
        if (existing == null) {
            return Plan.of(new Write.Create(new ConfigMapBuilder().withNewMetadata().withNamespace(namespace).withName(CONFIG_MAP)
                    .addToAnnotations(DESCRIPTION, DESCRIPTION_TEXT).endMetadata().withData(data).build(), true, null));
        }
        boolean described = existing.getMetadata().getAnnotations() != null && DESCRIPTION_TEXT.equals(existing.getMetadata().getAnnotations().get(DESCRIPTION));
        if (data.equals(existing.getData()) && described) {
            return Plan.NOTHING;
        }
        return Plan.of(new Write.Update(new ConfigMapBuilder(existing).editMetadata().addToAnnotations(DESCRIPTION, DESCRIPTION_TEXT).endMetadata().withData(data).build()));
    }

    /** Wakes a namespace whose object of one name changed or went. */
    private record OnLoss<T extends HasMetadata>(String name, ReconcileLoop loop) implements EventHandler<T> {
        @Override
        public void onAdd(T object) {}

        @Override
        public void onUpdate(T old, T object) {
            wake(object);
        }

        @Override
        public void onDelete(T last) {
            wake(last);
        }

        private void wake(T object) {
            if (object.getMetadata().getName().equals(name)) {
                loop.add(new ObjectKey("", object.getMetadata().getNamespace()));
            }
        }
    }
}
