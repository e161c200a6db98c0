package io.jakube.agent.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Cluster objects in memory; a change tells the pods that follow it. */
public final class FakeClusterObjects implements ClusterObjects {
    private final Map<String, ConfigMap> configMaps = new ConcurrentHashMap<>();
    private final Map<String, Secret> secrets = new ConcurrentHashMap<>();
    private final Map<String, Service> services = new ConcurrentHashMap<>();
    private final Map<String, Runnable> followers = new ConcurrentHashMap<>();

    public void configMap(String namespace, String name, Map<String, String> data) {
        configMaps.put(namespace + "/" + name, new ConfigMapBuilder().withNewMetadata().withNamespace(namespace).withName(name).endMetadata().withData(data).build());
        followers.values().forEach(Runnable::run);
    }

    public void secret(String namespace, String name, Map<String, String> data) {
        SecretBuilder secret = new SecretBuilder().withNewMetadata().withNamespace(namespace).withName(name).endMetadata();
        data.forEach((key, value) -> secret.addToData(key, Base64.getEncoder().encodeToString(value.getBytes(UTF_8))));
        secrets.put(namespace + "/" + name, secret.build());
        followers.values().forEach(Runnable::run);
    }

    public void service(String namespace, String name, String clusterIp, int port) {
        services.put(namespace + "/" + name, new ServiceBuilder()
                .withNewMetadata().withNamespace(namespace).withName(name).endMetadata()
                .withNewSpec().withClusterIP(clusterIp).addNewPort().withPort(port).withProtocol("TCP").endPort().endSpec()
                .build());
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
        return Optional.ofNullable(configMaps.get(namespace + "/" + name));
    }

    @Override
    public Optional<Secret> secret(String namespace, String name) {
        return Optional.ofNullable(secrets.get(namespace + "/" + name));
    }

    @Override
    public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
        return Optional.empty();
    }

    @Override
    public Optional<PersistentVolume> persistentVolume(String name) {
        return Optional.empty();
    }

    @Override
    public Collection<Service> services(String namespace) {
        return services.values().stream().filter(s -> s.getMetadata().getNamespace().equals(namespace)).toList();
    }

    @Override
    public TokenRequest token(String namespace, String serviceAccount, List<String> audiences, long expirationSeconds, String podName, String podUid) {
        return new TokenRequestBuilder()
                .withNewStatus()
                .withToken("token-of-" + serviceAccount)
                .withExpirationTimestamp(Instant.now().plusSeconds(expirationSeconds).toString())
                .endStatus()
                .build();
    }

    @Override
    public void follow(String podUid, Collection<Reference> references, Runnable changed) {
        if (references.isEmpty()) {
            followers.remove(podUid);
        } else {
            followers.put(podUid, changed);
        }
    }
}
