package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.agent.cri.v1.ContainerConfig;
import io.jakube.agent.cri.v1.ContainerMetadata;
import io.jakube.agent.cri.v1.Image;
import io.jakube.agent.cri.v1.ImageSpec;
import io.jakube.agent.cri.v1.KeyValue;
import io.jakube.agent.cri.v1.LinuxContainerConfig;
import io.jakube.agent.env.ConfigurationException;
import io.jakube.agent.env.EnvironmentBuilder;
import io.jakube.agent.env.FieldValues;
import io.jakube.agent.env.VariableExpansion;
import io.jakube.agent.resources.CgroupValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds the runtime's description of a container. */
final class ContainerConfigs {
    private final PodPaths paths;
    private final EnvironmentBuilder environments;
    private final SecurityContexts security;
    private final ContainerMounts mounts;
    private final boolean realFiles;

    /** @param realFiles false for simulated pods, which have no mounts and logs */
    ContainerConfigs(PodPaths paths, EnvironmentBuilder environments, SecurityContexts security, boolean realFiles) {
        this.paths = requireNonNull(paths, "paths is null");
        this.environments = requireNonNull(environments, "environments is null");
        this.security = requireNonNull(security, "security is null");
        this.mounts = new ContainerMounts(paths);
        this.realFiles = realFiles;
    }

    /** Also creates the log directory and the termination message file. */
    ContainerConfig build(
            FieldValues fields, NodeFacts node, Container container, Image image, int attempt, Map<String, Path> volumes, RuntimePod runtime)
            throws ConfigurationException, IOException {
        Pod pod = fields.pod();
        Map<String, String> environment = environments.build(fields, container);
        if (realFiles) {
            Files.createDirectories(paths.logs(pod).resolve(container.getName()));
        }
        ContainerConfig.Builder config = ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName(container.getName()).setAttempt(attempt))
                .setImage(ImageSpec.newBuilder().setImage(image.getId()).setUserSpecifiedImage(container.getImage()))
                .setWorkingDir(container.getWorkingDir() == null ? "" : container.getWorkingDir())
                .addAllMounts(realFiles ? mounts.build(pod, container, volumes, environment) : List.of())
                .putAllLabels(Labels.ofContainer(pod, container))
                .putAllAnnotations(Labels.annotations(pod.getSpec(), container, attempt))
                .setLogPath(container.getName() + "/" + attempt + ".log")
                .setStdin(Boolean.TRUE.equals(container.getStdin()))
                .setStdinOnce(Boolean.TRUE.equals(container.getStdinOnce()))
                .setTty(Boolean.TRUE.equals(container.getTty()))
                .setLinux(LinuxContainerConfig.newBuilder()
                        .setResources(CgroupValues.of(container.getResources())
                                .toCri(CgroupValues.oomScore(pod.getSpec(), container, node.memoryBytes())))
                        .setSecurityContext(security.container(pod.getSpec(), container, Optional.of(image), target(pod, container, runtime))));
        expanded(container.getCommand(), environment).forEach(config::addCommand);
        expanded(container.getArgs(), environment).forEach(config::addArgs);
        environment.forEach((name, value) -> config.addEnvs(KeyValue.newBuilder().setKey(name).setValue(ByteString.copyFromUtf8(value))));
        return config.build();
    }

    private static List<String> expanded(List<String> words, Map<String, String> environment) {
        return words == null ? List.of() : words.stream().map(word -> VariableExpansion.expand(word, environment)).toList();
    }

    private static Optional<String> target(Pod pod, Container container, RuntimePod runtime) {
        return (pod.getSpec().getEphemeralContainers() == null ? List.<EphemeralContainer>of() : pod.getSpec().getEphemeralContainers()).stream()
                .filter(e -> e.getName().equals(container.getName()) && e.getTargetContainerName() != null)
                .findFirst()
                .flatMap(e -> runtime.newest(e.getTargetContainerName()))
                .map(ContainerRecord::id);
    }
}
