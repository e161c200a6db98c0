package io.jakube.agent.volume;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.jakube.agent.api.ClusterObjects;
import io.jakube.agent.env.ConfigurationException;
import io.jakube.agent.env.FieldValues;
import io.jakube.agent.resources.Amounts;
import io.jakube.agent.system.Mounts;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One pod's volumes below {@code directory}. {@link #setUp} may be called again at any time: it brings contents from the API up to date and
 * leaves everything else as it is. Used by the pod's loop only.
 */
public final class PodVolumes {
    private final Path directory;
    private final ClusterObjects objects;
    private final PodTokens tokens;
    private final boolean canMount;

    /** @param canMount whether memory file systems can be mounted; secrets are plain files otherwise */
    public PodVolumes(Path directory, ClusterObjects objects, InstantSource clock, boolean canMount) {
        this.directory = requireNonNull(directory, "directory is null");
        this.objects = requireNonNull(objects, "objects is null");
        this.tokens = new PodTokens(objects, clock);
        this.canMount = canMount;
    }

    /**
     * Sets up all volumes.
     *
     * @return host paths by volume name
     * @throws VolumeException for the first that fails
     */
    public Map<String, Path> setUp(FieldValues fields) throws VolumeException {
        Map<String, Path> paths = new HashMap<>();
        Pod pod = fields.pod();
        Optional<Integer> group = fsGroup(pod);
        VolumeContents contents = new VolumeContents(objects, tokens, fields);
        for (Volume volume : pod.getSpec().getVolumes() == null ? List.<Volume>of() : pod.getSpec().getVolumes()) {
            try {
                paths.put(volume.getName(), setUp(volume, pod, contents, group));
            } catch (ConfigurationException | ApiException e) {
                throw VolumeException.of(volume.getName(), e.getMessage());
            } catch (IOException | UncheckedIOException e) {
                throw VolumeException.of(volume.getName(), e.getMessage() == null ? e.toString() : e.getMessage());
            }
        }
        return paths;
    }

    /** Unmounts and deletes everything. */
    public void tearDown() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        if (canMount) {
            for (Path mount : Mounts.below(directory)) {
                Mounts.unmount(mount);
            }
        }
        AtomicWriter.delete(directory);
    }

    private Path setUp(Volume volume, Pod pod, VolumeContents contents, Optional<Integer> group) throws ConfigurationException, IOException {
        if (volume.getEmptyDir() != null) {
            return emptyDir(volume.getName(), volume.getEmptyDir(), group);
        }
        if (volume.getHostPath() != null) {
            return HostPaths.check(volume.getHostPath());
        }
        if (volume.getConfigMap() != null) {
            var source = volume.getConfigMap();
            return write("configmap", volume, contents.configMap(source.getName(), source.getItems(), source.getDefaultMode(), source.getOptional()), false, group);
        }
        if (volume.getSecret() != null) {
            var source = volume.getSecret();
            return write("secret", volume, contents.secret(source.getSecretName(), source.getItems(), source.getDefaultMode(), source.getOptional()), true, group);
        }
        if (volume.getDownwardAPI() != null) {
            return write("downward-api", volume, contents.downwardApi(volume.getDownwardAPI().getItems(), volume.getDownwardAPI().getDefaultMode()), false, group);
        }
        if (volume.getProjected() != null) {
            return write("projected", volume, contents.projected(volume.getProjected()), true, group);
        }
        if (volume.getPersistentVolumeClaim() != null) {
            return claim(pod.getMetadata().getNamespace(), volume.getPersistentVolumeClaim().getClaimName());
        }
        if (volume.getEphemeral() != null) {
            return claim(pod.getMetadata().getNamespace(), pod.getMetadata().getName() + "-" + volume.getName());
        }
        throw new ConfigurationException("this node has no plugin for this kind of volume");
    }

    private Path emptyDir(String name, EmptyDirVolumeSource source, Optional<Integer> group) throws IOException {
        Path path = directory.resolve("kubernetes.io~empty-dir").resolve(name);
        if (Files.isDirectory(path)) {
            return path;
        }
        Path ready = Files.createDirectories(path);
        if ("Memory".equals(source.getMedium())) {
            if (!canMount) {
                throw new IOException("a memory-backed emptyDir needs the right to mount file systems");
            }
            long limit = Amounts.bytes(source.getSizeLimit());
            Mounts.tmpfs(path, limit > 0 ? "size=" + limit : "");
        }
        FileOwnership.mode(ready, 0777);
        if (group.isPresent()) {
            FileOwnership.giveToGroup(ready, group.get());
        }
        return path;
    }

    private Path write(String plugin, Volume volume, Map<String, FileContent> files, boolean secret, Optional<Integer> group) throws IOException {
        Path path = directory.resolve("kubernetes.io~" + plugin).resolve(volume.getName());
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path);
            if (secret && canMount) {
                Mounts.tmpfs(path, "mode=0755");
            }
            FileOwnership.mode(path, 0755);
        }
        new AtomicWriter(path).write(files, group);
        return path;
    }

    private Path claim(String namespace, String name) throws ConfigurationException {
        PersistentVolumeClaim claim =
                objects.claim(namespace, name).orElseThrow(() -> new ConfigurationException("persistentvolumeclaim \"" + name + "\" not found"));
        boolean bound = claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
        if (!bound || claim.getSpec().getVolumeName() == null) {
            throw new ConfigurationException("PVC is not bound");
        }
        PersistentVolume volume = objects.persistentVolume(claim.getSpec().getVolumeName())
                .orElseThrow(() -> new ConfigurationException("persistentvolume \"" + claim.getSpec().getVolumeName() + "\" not found"));
        try {
            if (volume.getSpec().getHostPath() != null) {
                return HostPaths.check(volume.getSpec().getHostPath());
            }
            if (volume.getSpec().getLocal() != null) {
                Path path = Path.of(volume.getSpec().getLocal().getPath());
                if (!Files.exists(path)) {
                    throw new IOException("path \"" + path + "\" does not exist");
                }
                return path;
            }
        } catch (IOException e) {
            throw new ConfigurationException(e.getMessage());
        }
        throw new ConfigurationException("this node has no plugin for the kind of volume " + volume.getMetadata().getName() + " is");
    }

    private static Optional<Integer> fsGroup(Pod pod) {
        return Optional.ofNullable(pod.getSpec().getSecurityContext()).map(c -> c.getFsGroup()).map(Long::intValue);
    }
}
