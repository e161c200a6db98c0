package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Sysctl;
import io.jakube.agent.cri.v1.LinuxPodSandboxConfig;
import io.jakube.agent.cri.v1.PodSandboxConfig;
import io.jakube.agent.cri.v1.PodSandboxMetadata;
import io.jakube.agent.cri.v1.PortMapping;
import io.jakube.agent.cri.v1.Protocol;
import io.jakube.agent.resources.PodCgroups;
import java.util.List;
import java.util.Map;

/** Builds the runtime's description of a pod's sandbox. */
final class SandboxConfigs {
    private final PodPaths paths;
    private final PodDns dns;
    private final PodCgroups cgroups;
    private final SecurityContexts security;

    SandboxConfigs(PodPaths paths, PodDns dns, PodCgroups cgroups, SecurityContexts security) {
        this.paths = requireNonNull(paths, "paths is null");
        this.dns = requireNonNull(dns, "dns is null");
        this.cgroups = requireNonNull(cgroups, "cgroups is null");
        this.security = requireNonNull(security, "security is null");
    }

    PodSandboxConfig build(Pod pod, NodeFacts node, int attempt) {
        LinuxPodSandboxConfig.Builder linux = LinuxPodSandboxConfig.newBuilder()
                .setCgroupParent(cgroups.parent(pod))
                .setSecurityContext(security.sandbox(pod.getSpec()));
        if (pod.getSpec().getSecurityContext() != null && pod.getSpec().getSecurityContext().getSysctls() != null) {
            for (Sysctl sysctl : pod.getSpec().getSecurityContext().getSysctls()) {
                linux.putSysctls(sysctl.getName(), sysctl.getValue());
            }
        }
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        PodSandboxConfig.Builder config = PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder()
                        .setName(pod.getMetadata().getName())
                        .setNamespace(pod.getMetadata().getNamespace())
                        .setUid(pod.getMetadata().getUid())
                        .setAttempt(attempt))
                .setLogDirectory(paths.logs(pod).toString())
                .setDnsConfig(dns.config(pod))
                .putAllLabels(Labels.ofSandbox(pod))
                .putAllAnnotations(annotations == null ? Map.of() : annotations)
                .setLinux(linux);
        if (!PodSpecs.hostNetwork(pod.getSpec())) {
            config.setHostname(dns.hostname(pod, node));
            PodSpecs.allContainers(pod.getSpec()).forEach(container -> ports(container, config));
        }
        return config.build();
    }

    private static void ports(Container container, PodSandboxConfig.Builder config) {
        for (ContainerPort port : container.getPorts() == null ? List.<ContainerPort>of() : container.getPorts()) {
            if (port.getHostPort() != null && port.getHostPort() > 0) {
                config.addPortMappings(PortMapping.newBuilder()
                        .setProtocol(port.getProtocol() == null ? Protocol.TCP : Protocol.valueOf(port.getProtocol()))
                        .setContainerPort(port.getContainerPort())
                        .setHostPort(port.getHostPort())
                        .setHostIp(port.getHostIP() == null ? "" : port.getHostIP()));
            }
        }
    }
}
