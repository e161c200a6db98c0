package io.jakube.agent.api;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.jakube.common.client.ApiClient;
import io.jakube.common.informer.InformerSource;
import io.jakube.common.informer.Lister;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Cluster objects read through the REST API: from a watch where one is followed, otherwise by asking. */
public final class RestClusterObjects implements ClusterObjects {
    private final ApiClient client;
    private final Lister<Service> services;
    private final FollowedObjects<ConfigMap> configMaps;
    private final FollowedObjects<Secret> secrets;

    public RestClusterObjects(ApiClient client, InformerSource source, Lister<Service> services) {
        this.client = requireNonNull(client, "client is null");
        this.services = requireNonNull(services, "services is null");
        this.configMaps = new FollowedObjects<>(ConfigMap.class, source);
        this.secrets = new FollowedObjects<>(Secret.class, source);
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
        return configMaps.heard(namespace, name).orElseGet(() -> get(ConfigMap.class, namespace, name));
    }

    @Override
    public Optional<Secret> secret(String namespace, String name) {
        return secrets.heard(namespace, name).orElseGet(() -> get(Secret.class, namespace, name));
    }

    @Override
    public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
        return get(PersistentVolumeClaim.class, namespace, name);
    }

    @Override
    public Optional<PersistentVolume> persistentVolume(String name) {
        return get(PersistentVolume.class, "", name);
    }

    @Override
    public Collection<Service> services(String namespace) {
        return services.namespace(namespace);
    }

    @Override
    public TokenRequest token(String namespace, String serviceAccount, List<String> audiences, long expirationSeconds, String podName, String podUid) {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(audiences)
                .withExpirationSeconds(expirationSeconds)
                .withNewBoundObjectRef()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(podName)
                .withUid(podUid)
                .endBoundObjectRef()
                .endSpec()
                .build();
        return Json.convert(client.post(ServiceAccount.class, namespace, serviceAccount, "token", request), TokenRequest.class);
    }

    @Override
    public void follow(String podUid, Collection<Reference> references, Runnable changed) {
        configMaps.follow(podUid, references.stream().filter(r -> r.kind() == Kind.CONFIG_MAP).collect(Collectors.toSet()), changed);
        secrets.follow(podUid, references.stream().filter(r -> r.kind() == Kind.SECRET).collect(Collectors.toSet()), changed);
    }

    private <T extends HasMetadata> Optional<T> get(Class<T> type, String namespace, String name) {
        try {
            return Optional.of(client.get(type, namespace, name));
        } catch (ApiException e) {
            if (e.code() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
