package io.jakube.agent.env;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.Service;
import io.jakube.agent.api.ClusterObjects;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A container's environment: services, then {@code envFrom}, then {@code env}; later ones win, and {@code $(NAME)} in a value refers to what
 * was defined before it.
 */
public final class EnvironmentBuilder {
    private final ClusterObjects objects;

    public EnvironmentBuilder(ClusterObjects objects) {
        this.objects = requireNonNull(objects, "objects is null");
    }

    /** @throws ConfigurationException if something that is not optional is missing */
    public Map<String, String> build(FieldValues fields, Container container) throws ConfigurationException {
        String namespace = fields.pod().getMetadata().getNamespace();
        Map<String, String> services = ServiceVariables.of(services(fields, namespace));
        Map<String, String> result = new LinkedHashMap<>();
        for (EnvFromSource source : container.getEnvFrom() == null ? List.<EnvFromSource>of() : container.getEnvFrom()) {
            addAll(source, namespace, result);
        }
        Map<String, String> known = new LinkedHashMap<>(services);
        known.putAll(result);
        for (EnvVar variable : container.getEnv() == null ? List.<EnvVar>of() : container.getEnv()) {
            Optional<String> value = variable.getValueFrom() == null
                    ? Optional.of(VariableExpansion.expand(variable.getValue() == null ? "" : variable.getValue(), known))
                    : valueFrom(variable.getValueFrom(), fields, container, namespace);
            if (value.isPresent()) {
                known.put(variable.getName(), value.get());
                result.put(variable.getName(), value.get());
            }
        }
        services.forEach(result::putIfAbsent);
        return result;
    }

    private List<Service> services(FieldValues fields, String namespace) {
        List<Service> services = new ArrayList<>();
        objects.services("default").stream().filter(s -> s.getMetadata().getName().equals("kubernetes")).forEach(services::add);
        if (!Boolean.FALSE.equals(fields.pod().getSpec().getEnableServiceLinks())) {
            objects.services(namespace).stream()
                    .filter(s -> !namespace.equals("default") || !s.getMetadata().getName().equals("kubernetes"))
                    .forEach(services::add);
        }
        return services;
    }

    private void addAll(EnvFromSource source, String namespace, Map<String, String> result) throws ConfigurationException {
        String prefix = source.getPrefix() == null ? "" : source.getPrefix();
        if (source.getConfigMapRef() != null) {
            String name = source.getConfigMapRef().getName();
            Optional<ConfigMap> configMap = objects.configMap(namespace, name);
            require(configMap.isPresent() || Boolean.TRUE.equals(source.getConfigMapRef().getOptional()), "configmap \"" + name + "\" not found");
            configMap.map(ConfigMap::getData).ifPresent(data -> new TreeMap<>(data).forEach((key, value) -> result.put(prefix + key, value)));
        }
        if (source.getSecretRef() != null) {
            String name = source.getSecretRef().getName();
            Optional<Secret> secret = objects.secret(namespace, name);
            require(secret.isPresent() || Boolean.TRUE.equals(source.getSecretRef().getOptional()), "secret \"" + name + "\" not found");
            secret.map(Secret::getData).ifPresent(data -> new TreeMap<>(data).forEach((key, value) -> result.put(prefix + key, decode(value))));
        }
    }

    private Optional<String> valueFrom(EnvVarSource source, FieldValues fields, Container container, String namespace) throws ConfigurationException {
        if (source.getFieldRef() != null) {
            return Optional.of(fields.field(source.getFieldRef()));
        }
        if (source.getResourceFieldRef() != null) {
            return Optional.of(fields.resource(source.getResourceFieldRef(), container));
        }
        if (source.getConfigMapKeyRef() != null) {
            ConfigMapKeySelector selector = source.getConfigMapKeyRef();
            boolean optional = Boolean.TRUE.equals(selector.getOptional());
            Optional<ConfigMap> configMap = objects.configMap(namespace, selector.getName());
            require(configMap.isPresent() || optional, "configmap \"" + selector.getName() + "\" not found");
            Optional<String> value = configMap.map(ConfigMap::getData).map(data -> data.get(selector.getKey()));
            require(value.isPresent() || optional, "couldn't find key " + selector.getKey() + " in ConfigMap " + namespace + "/" + selector.getName());
            return value;
        }
        if (source.getSecretKeyRef() != null) {
            SecretKeySelector selector = source.getSecretKeyRef();
            boolean optional = Boolean.TRUE.equals(selector.getOptional());
            Optional<Secret> secret = objects.secret(namespace, selector.getName());
            require(secret.isPresent() || optional, "secret \"" + selector.getName() + "\" not found");
            Optional<String> value = secret.map(Secret::getData).map(data -> data.get(selector.getKey())).map(EnvironmentBuilder::decode);
            require(value.isPresent() || optional, "couldn't find key " + selector.getKey() + " in Secret " + namespace + "/" + selector.getName());
            return value;
        }
        throw new ConfigurationException("the variable's source is of a kind this agent does not know");
    }

    private static String decode(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static void require(boolean condition, String message) throws ConfigurationException {
        if (!condition) {
            throw new ConfigurationException(message);
        }
    }
}
