package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.AppArmorProfile;
import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.jakube.agent.cri.v1.Capability;
import io.jakube.agent.cri.v1.Image;
import io.jakube.agent.cri.v1.Int64Value;
import io.jakube.agent.cri.v1.LinuxContainerSecurityContext;
import io.jakube.agent.cri.v1.LinuxSandboxSecurityContext;
import io.jakube.agent.cri.v1.NamespaceMode;
import io.jakube.agent.cri.v1.NamespaceOption;
import io.jakube.agent.cri.v1.SecurityProfile;
import io.jakube.agent.env.ConfigurationException;
import io.jakube.agent.system.Host;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pod and container security contexts in the runtime's terms; a container's own setting wins over its pod's. */
final class SecurityContexts {
    private static final List<String> MASKED_PATHS = List.of(
            "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
            "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap");
    private static final List<String> READ_ONLY_PATHS = List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private final Path seccompProfiles;
    private final boolean apparmor = Host.apparmorEnabled();

    /** @param seccompProfiles directory of profiles of type {@code Localhost} */
    SecurityContexts(Path seccompProfiles) {
        this.seccompProfiles = seccompProfiles;
    }

    LinuxSandboxSecurityContext sandbox(PodSpec spec) {
        PodSecurityContext pod = podContext(spec);
        LinuxSandboxSecurityContext.Builder context = LinuxSandboxSecurityContext.newBuilder()
                .setNamespaceOptions(namespaces(spec, Optional.empty()))
                .setPrivileged(PodSpecs.allContainers(spec).anyMatch(SecurityContexts::privileged))
                .setSeccomp(SecurityProfile.newBuilder().setProfileType(SecurityProfile.ProfileType.RuntimeDefault))
                .addAllSupplementalGroups(groups(pod));
        if (pod.getRunAsUser() != null) {
            context.setRunAsUser(Int64Value.newBuilder().setValue(pod.getRunAsUser()));
        }
        if (pod.getRunAsGroup() != null && pod.getRunAsUser() != null) {
            context.setRunAsGroup(Int64Value.newBuilder().setValue(pod.getRunAsGroup()));
        }
        if (context.getPrivileged()) {
            context.setSeccomp(SecurityProfile.newBuilder().setProfileType(SecurityProfile.ProfileType.Unconfined));
        }
        return context.build();
    }

    /**
     * @param target id of the container whose processes an ephemeral container shares
     * @throws ConfigurationException if the container must not run as the user it would run as
     */
    LinuxContainerSecurityContext container(PodSpec spec, Container container, Optional<Image> image, Optional<String> target) throws ConfigurationException {
        PodSecurityContext pod = podContext(spec);
        SecurityContext own = container.getSecurityContext() == null ? new SecurityContext() : container.getSecurityContext();
        LinuxContainerSecurityContext.Builder context = LinuxContainerSecurityContext.newBuilder()
                .setNamespaceOptions(namespaces(spec, target))
                .setPrivileged(privileged(container))
                .setReadonlyRootfs(Boolean.TRUE.equals(own.getReadOnlyRootFilesystem()))
                .setNoNewPrivs(Boolean.FALSE.equals(own.getAllowPrivilegeEscalation()))
                .setCapabilities(capabilities(own.getCapabilities()))
                .addAllSupplementalGroups(groups(pod))
                .setSeccomp(seccomp(first(own.getSeccompProfile(), pod.getSeccompProfile())));
        user(first(own.getRunAsUser(), pod.getRunAsUser()), image, context);
        Long group = first(own.getRunAsGroup(), pod.getRunAsGroup());
        if (group != null) {
            context.setRunAsGroup(Int64Value.newBuilder().setValue(group));
        }
        if (Boolean.TRUE.equals(first(own.getRunAsNonRoot(), pod.getRunAsNonRoot()))) {
            checkNotRoot(context);
        }
        if (!"Unmasked".equals(own.getProcMount()) && !privileged(container)) {
            context.addAllMaskedPaths(MASKED_PATHS).addAllReadonlyPaths(READ_ONLY_PATHS);
        }
        if (apparmor) {
            context.setApparmor(apparmor(first(own.getAppArmorProfile(), pod.getAppArmorProfile())));
        }
        return context.build();
    }

    static boolean privileged(Container container) {
        return container.getSecurityContext() != null && Boolean.TRUE.equals(container.getSecurityContext().getPrivileged());
    }

    private static void user(@Nullable Long wanted, Optional<Image> image, LinuxContainerSecurityContext.Builder context) {
        if (wanted != null) {
            context.setRunAsUser(Int64Value.newBuilder().setValue(wanted));
        } else if (image.isPresent() && image.get().hasUid()) {
            context.setRunAsUser(image.get().getUid());
        } else if (image.isPresent()) {
            context.setRunAsUsername(image.get().getUsername());
        }
    }

    private static void checkNotRoot(LinuxContainerSecurityContext.Builder context) throws ConfigurationException {
        if (context.hasRunAsUser()) {
            if (context.getRunAsUser().getValue() == 0) {
                throw new ConfigurationException("container's runAsUser breaks non-root policy");
            }
        } else if (context.getRunAsUsername().isEmpty()) {
            throw new ConfigurationException("container has runAsNonRoot and image will run as root");
        } else {
            throw new ConfigurationException(
                    "container has runAsNonRoot and image has non-numeric user (" + context.getRunAsUsername() + "), cannot verify user is non-root");
        }
    }

    private SecurityProfile seccomp(@Nullable SeccompProfile profile) {
        SecurityProfile.Builder result = SecurityProfile.newBuilder();
        return switch (profile == null ? "Unconfined" : profile.getType()) {
            case "RuntimeDefault" -> result.setProfileType(SecurityProfile.ProfileType.RuntimeDefault).build();
            case "Localhost" -> result.setProfileType(SecurityProfile.ProfileType.Localhost)
                    .setLocalhostRef(seccompProfiles.resolve(profile.getLocalhostProfile()).toString())
                    .build();
            default -> result.setProfileType(SecurityProfile.ProfileType.Unconfined).build();
        };
    }

    private static SecurityProfile apparmor(@Nullable AppArmorProfile profile) {
        SecurityProfile.Builder result = SecurityProfile.newBuilder();
        return switch (profile == null ? "RuntimeDefault" : profile.getType()) {
            case "Unconfined" -> result.setProfileType(SecurityProfile.ProfileType.Unconfined).build();
            case "Localhost" -> result.setProfileType(SecurityProfile.ProfileType.Localhost).setLocalhostRef(profile.getLocalhostProfile()).build();
            default -> result.setProfileType(SecurityProfile.ProfileType.RuntimeDefault).build();
        };
    }

    private static Capability capabilities(@Nullable Capabilities capabilities) {
        Capability.Builder result = Capability.newBuilder();
        if (capabilities != null) {
            result.addAllAddCapabilities(capabilities.getAdd() == null ? List.of() : capabilities.getAdd());
            result.addAllDropCapabilities(capabilities.getDrop() == null ? List.of() : capabilities.getDrop());
        }
        return result.build();
    }

    private static NamespaceOption namespaces(PodSpec spec, Optional<String> target) {
        NamespaceOption.Builder options = NamespaceOption.newBuilder()
                .setNetwork(PodSpecs.hostNetwork(spec) ? NamespaceMode.NODE : NamespaceMode.POD)
                .setIpc(Boolean.TRUE.equals(spec.getHostIPC()) ? NamespaceMode.NODE : NamespaceMode.POD);
        if (target.isPresent()) {
            options.setPid(NamespaceMode.TARGET).setTargetId(target.get());
        } else if (Boolean.TRUE.equals(spec.getHostPID())) {
            options.setPid(NamespaceMode.NODE);
        } else {
            options.setPid(Boolean.TRUE.equals(spec.getShareProcessNamespace()) ? NamespaceMode.POD : NamespaceMode.CONTAINER);
        }
        return options.build();
    }

    private static Set<Long> groups(PodSecurityContext pod) {
        Set<Long> groups = new LinkedHashSet<>(pod.getSupplementalGroups() == null ? List.of() : pod.getSupplementalGroups());
        if (pod.getFsGroup() != null) {
            groups.add(pod.getFsGroup());
        }
        return groups;
    }

    private static PodSecurityContext podContext(PodSpec spec) {
        return spec.getSecurityContext() == null ? new PodSecurityContext() : spec.getSecurityContext();
    }

    private static <T> @Nullable T first(@Nullable T own, @Nullable T common) {
        return own != null ? own : common;
    }
}
