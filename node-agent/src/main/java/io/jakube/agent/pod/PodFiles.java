package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.jakube.agent.api.ClusterObjects.Kind;
import io.jakube.agent.api.ClusterObjects.Reference;
import io.jakube.agent.env.FieldValues;
import io.jakube.agent.system.Host;
import io.jakube.agent.system.Mounts;
import io.jakube.agent.volume.PodVolumes;
import io.jakube.agent.volume.VolumeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pod's volumes, hosts file, logs and cgroups. Contents from the API are brought up to date when an object they come from changed, when
 * the pod itself changed, and about once a minute for tokens. Simulated pods have no files.
 */
final class PodFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PodFiles.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofMinutes(2);
    private static final Duration REFRESH = Duration.ofSeconds(50);

    private final PodServices services;
    private final PodVolumes volumes;
    private final Path directory;
    private final Pod identity;
    private final Runnable changed;
    private volatile Map<String, Path> paths = Map.of();
    private volatile boolean outdated = true;
    private Instant refreshed = Instant.EPOCH;
    private Instant retryAt = Instant.EPOCH;
    private Duration retry = FIRST_RETRY;
    private String podVersion = "";
    private boolean following;
    private boolean tornDown;

    PodFiles(PodServices services, Pod pod, Runnable changed) {
        this.services = services;
        this.identity = pod;
        this.changed = changed;
        this.directory = services.paths().pod(pod);
        this.volumes = new PodVolumes(services.paths().volumes(pod), services.objects(), services.clock(), Host.canMount());
    }

    /** Host paths of the volumes by name. */
    Map<String, Path> volumes() {
        return paths;
    }

    void markOutdated() {
        outdated = true;
        retryAt = Instant.EPOCH;
    }

    boolean isOutdated() {
        return services.realFiles() && (outdated || services.clock().instant().isAfter(refreshed.plus(REFRESH)));
    }

    /** Begins on a thread of its own what does not need the pod's address; failures show when {@link #setUp} is called. */
    Thread setUpEarly(FieldValues fields) {
        follow(fields.pod());
        return Thread.ofVirtual().name("volumes").start(() -> {
            if (services.realFiles() && !needsAddress(fields.pod())) {
                try {
                    paths = volumes.setUp(fields);
                } catch (VolumeException e) {
                    LOG.debug("Early set-up of volumes: {}", e.getMessage());
                }
            }
        });
    }

    /** Brings everything up to date if it is not. @return when to try again if something is missing */
    Optional<Instant> setUp(FieldValues fields) {
        if (!services.realFiles()) {
            return Optional.empty();
        }
        Pod pod = fields.pod();
        String version = String.valueOf(pod.getMetadata().getResourceVersion());
        if (!version.equals(podVersion)) {
            outdated = true;
            podVersion = version;
        }
        if (!isOutdated()) {
            return Optional.empty();
        }
        Instant now = services.clock().instant();
        if (now.isBefore(retryAt)) {
            return Optional.of(retryAt);
        }
        follow(pod);
        outdated = false;
        try {
            HostsFile.write(services.paths().hosts(pod), pod, services.dns().fqdn(pod), fields.podIps());
            paths = volumes.setUp(fields);
            refreshed = now;
            retry = FIRST_RETRY;
            return Optional.empty();
        } catch (VolumeException e) {
            services.events().warning(pod, "FailedMount", e.getMessage());
        } catch (IOException e) {
            services.events().warning(pod, "FailedMount", "the pod's files cannot be written: " + e);
        }
        outdated = true;
        retryAt = now.plus(retry);
        retry = retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2);
        return Optional.of(retryAt);
    }

    void tearDownVolumes() throws IOException {
        if (tornDown) {
            return;
        }
        services.objects().follow(identity.getMetadata().getUid(), List.of(), changed);
        if (services.realFiles()) {
            volumes.tearDown();
        }
        tornDown = true;
    }

    /** Deletes the log of a container that was removed, with its rotated parts. */
    void deleteLog(ContainerRecord container) {
        if (container.logPath().isEmpty()) {
            return;
        }
        Path log = Path.of(container.logPath());
        try (Stream<Path> siblings = Files.list(log.getParent())) {
            for (Path file : siblings.filter(f -> f.getFileName().toString().startsWith(log.getFileName().toString())).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.debug("{} is not deleted: {}", log, e.getMessage());
        }
    }

    /** Deletes what is left when the pod is gone. */
    void delete() {
        services.cgroups().ifPresent(cgroups -> cgroups.remove(identity));
        if (services.realFiles()) {
            deleteTree(directory);
            deleteTree(services.paths().logs(identity));
        }
    }

    /** Unmounts and deletes the files of a pod of which only the uid is known. */
    static void deletePod(PodServices services, String uid) {
        Path directory = services.paths().pods().resolve(uid);
        try {
            if (Host.canMount()) {
                for (Path mount : Mounts.below(directory)) {
                    Mounts.unmount(mount);
                }
            }
        } catch (IOException e) {
            LOG.warn("{} is not unmounted: {}", directory, e.getMessage());
            return;
        }
        deleteTree(directory);
    }

    static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} is not deleted: {}", root, e.getMessage());
        }
    }

    private void follow(Pod pod) {
        if (!following && services.realFiles()) {
            following = true;
            services.objects().follow(pod.getMetadata().getUid(), references(pod), changed);
        }
    }

    private static boolean needsAddress(Pod pod) {
        return pod.getSpec().getVolumes() != null
                && pod.getSpec().getVolumes().stream().anyMatch(v -> v.toString().contains("fieldPath=status.podIP"));
    }

    private static Set<Reference> references(Pod pod) {
        Set<Reference> found = new LinkedHashSet<>();
        String namespace = pod.getMetadata().getNamespace();
        for (Volume volume : pod.getSpec().getVolumes() == null ? List.<Volume>of() : pod.getSpec().getVolumes()) {
            if (volume.getConfigMap() != null) {
                found.add(new Reference(Kind.CONFIG_MAP, namespace, volume.getConfigMap().getName()));
            }
            if (volume.getSecret() != null) {
                found.add(new Reference(Kind.SECRET, namespace, volume.getSecret().getSecretName()));
            }
            if (volume.getProjected() != null && volume.getProjected().getSources() != null) {
                volume.getProjected().getSources().forEach(source -> {
                    if (source.getConfigMap() != null) {
                        found.add(new Reference(Kind.CONFIG_MAP, namespace, source.getConfigMap().getName()));
                    }
                    if (source.getSecret() != null) {
                        found.add(new Reference(Kind.SECRET, namespace, source.getSecret().getName()));
                    }
                });
            }
        }
        PodSpecs.allContainers(pod.getSpec()).forEach(container -> references(container, namespace, found));
        return found;
    }

    private static void references(Container container, String namespace, Set<Reference> found) {
        if (container.getEnvFrom() != null) {
            container.getEnvFrom().forEach(source -> {
                if (source.getConfigMapRef() != null) {
                    found.add(new Reference(Kind.CONFIG_MAP, namespace, source.getConfigMapRef().getName()));
                }
                if (source.getSecretRef() != null) {
                    found.add(new Reference(Kind.SECRET, namespace, source.getSecretRef().getName()));
                }
            });
        }
        if (container.getEnv() != null) {
            container.getEnv().stream().filter(variable -> variable.getValueFrom() != null).forEach(variable -> {
                if (variable.getValueFrom().getConfigMapKeyRef() != null) {
                    found.add(new Reference(Kind.CONFIG_MAP, namespace, variable.getValueFrom().getConfigMapKeyRef().getName()));
                }
                if (variable.getValueFrom().getSecretKeyRef() != null) {
                    found.add(new Reference(Kind.SECRET, namespace, variable.getValueFrom().getSecretKeyRef().getName()));
                }
            });
        }
    }
}
