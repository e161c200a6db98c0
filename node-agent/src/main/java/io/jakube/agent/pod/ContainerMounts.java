package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.jakube.agent.cri.v1.Mount;
import io.jakube.agent.cri.v1.MountPropagation;
import io.jakube.agent.env.ConfigurationException;
import io.jakube.agent.env.VariableExpansion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** A container's mounts: its volumes, the pod's hosts file, the termination message file. */
final class ContainerMounts {
    private static final String ETC_HOSTS = "/etc/hosts";

    private final PodPaths paths;

    ContainerMounts(PodPaths paths) {
        this.paths = paths;
    }

    List<Mount> build(Pod pod, Container container, Map<String, Path> volumes, Map<String, String> environment) throws ConfigurationException, IOException {
        List<Mount> mounts = new ArrayList<>();
        boolean ownHosts = false;
        for (VolumeMount mount : container.getVolumeMounts() == null ? List.<VolumeMount>of() : container.getVolumeMounts()) {
            Path volume = volumes.get(mount.getName());
            if (volume == null) {
                throw new ConfigurationException("cannot find volume \"" + mount.getName() + "\" to mount into container \"" + container.getName() + "\"");
            }
            String path = mount.getMountPath().startsWith("/") ? mount.getMountPath() : "/" + mount.getMountPath();
            ownHosts |= path.equals(ETC_HOSTS);
            mounts.add(Mount.newBuilder()
                    .setContainerPath(path)
                    .setHostPath(source(volume, mount, environment).toString())
                    .setReadonly(Boolean.TRUE.equals(mount.getReadOnly()))
                    .setPropagation(propagation(mount))
                    .build());
        }
        if (!ownHosts && Files.exists(paths.hosts(pod))) {
            mounts.add(Mount.newBuilder().setContainerPath(ETC_HOSTS).setHostPath(paths.hosts(pod).toString()).build());
        }
        Path directory = Files.createDirectories(paths.container(pod, container.getName()));
        Path message = Files.createFile(directory.resolve(Integer.toHexString(ThreadLocalRandom.current().nextInt())));
        Files.setAttribute(message, "unix:mode", 0666);
        mounts.add(Mount.newBuilder().setContainerPath(Labels.messagePath(container)).setHostPath(message.toString()).build());
        return mounts;
    }

    /** The host path of a mount; a subPath is created if missing and must not lead out of its volume. */
    private static Path source(Path volume, VolumeMount mount, Map<String, String> environment) throws ConfigurationException, IOException {
        String subPath = mount.getSubPath() == null ? "" : mount.getSubPath();
        if (mount.getSubPathExpr() != null && !mount.getSubPathExpr().isEmpty()) {
            subPath = VariableExpansion.expand(mount.getSubPathExpr(), environment);
            if (subPath.contains("$(")) {
                throw new ConfigurationException("failed to expand subPathExpr \"" + mount.getSubPathExpr() + "\"");
            }
        }
        if (subPath.isEmpty()) {
            return volume;
        }
        Path wanted = volume.resolve(subPath).normalize();
        if (subPath.startsWith("/") || !wanted.startsWith(volume)) {
            throw new ConfigurationException("subPath \"" + subPath + "\" must not contain '..' or be absolute");
        }
        if (!Files.exists(wanted)) {
            Files.createDirectories(wanted);
        }
        Path real = wanted.toRealPath();
        if (!real.startsWith(volume.toRealPath())) {
            throw new ConfigurationException("failed to prepare subPath for volumeMount \"" + mount.getName() + "\": it leads out of the volume");
        }
        return real;
    }

    private static MountPropagation propagation(VolumeMount mount) {
        return switch (mount.getMountPropagation() == null ? "None" : mount.getMountPropagation()) {
            case "HostToContainer" -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
            case "Bidirectional" -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
            default -> MountPropagation.PROPAGATION_PRIVATE;
        };
    }
}
