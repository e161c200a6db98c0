package io.jakube.agent.api;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Cluster objects that pods refer to. Reads may block until the object was asked for once; they throw {@link java.io.UncheckedIOException} or
 * {@link io.jakube.common.status.ApiException} while the API server cannot be asked. Thread-safe.
 */
public interface ClusterObjects {
    Optional<ConfigMap> configMap(String namespace, String name);

    Optional<Secret> secret(String namespace, String name);

    Optional<PersistentVolumeClaim> claim(String namespace, String name);

    Optional<PersistentVolume> persistentVolume(String name);

    /** Services of a namespace as last heard. */
    Collection<Service> services(String namespace);

    /** A new token for the service account, bound to the pod. */
    TokenRequest token(String namespace, String serviceAccount, List<String> audiences, long expirationSeconds, String podName, String podUid);

    /**
     * Keeps these objects followed for a pod and calls {@code changed} after one of them changed. Replaces the pod's earlier set; an empty
     * set ends it.
     */
    void follow(String podUid, Collection<Reference> references, Runnable changed);

    /** One object a pod refers to. */
    record Reference(Kind kind, String namespace, String name) {}

    /** Kinds that are followed. */
    enum Kind {
        CONFIG_MAP,
        SECRET
    }
}
