package io.jakube.agent.cri;

import io.jakube.agent.cri.v1.Container;
import io.jakube.agent.cri.v1.ContainerConfig;
import io.jakube.agent.cri.v1.ContainerStats;
import io.jakube.agent.cri.v1.ContainerStatus;
import io.jakube.agent.cri.v1.ExecRequest;
import io.jakube.agent.cri.v1.ExecSyncResponse;
import io.jakube.agent.cri.v1.FilesystemUsage;
import io.jakube.agent.cri.v1.Image;
import io.jakube.agent.cri.v1.AttachRequest;
import io.jakube.agent.cri.v1.PodSandbox;
import io.jakube.agent.cri.v1.PodSandboxConfig;
import io.jakube.agent.cri.v1.PodSandboxStatus;
import io.jakube.agent.cri.v1.RuntimeCondition;
import io.jakube.agent.cri.v1.VersionResponse;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container runtime in the terms of the Container Runtime Interface, v1. Calls block and are meant for virtual threads; they throw
 * {@link RuntimeFailure}. Stop and remove calls are idempotent. Implementations are thread-safe.
 */
public interface ContainerRuntime extends AutoCloseable {
    VersionResponse version();

    /** Contains at least {@code RuntimeReady} and {@code NetworkReady}. */
    List<RuntimeCondition> conditions();

    /** Tells the runtime the node's pod network range; runtimes with a network configuration of their own ignore it. */
    void updatePodCidr(String podCidr);

    /** Creates and starts a sandbox with its network, and returns its id. */
    String runPodSandbox(PodSandboxConfig config, String runtimeHandler);

    void stopPodSandbox(String sandboxId);

    void removePodSandbox(String sandboxId);

    PodSandboxStatus podSandboxStatus(String sandboxId);

    /** Sandboxes that carry all these labels. */
    List<PodSandbox> listPodSandboxes(Map<String, String> labels);

    /** Creates a container without starting it, and returns its id. */
    String createContainer(String sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig);

    void startContainer(String containerId);

    /** Sends the stop signal, waits up to {@code grace}, then kills; returns when the container has exited. */
    void stopContainer(String containerId, Duration grace);

    void removeContainer(String containerId);

    /** Containers that carry all these labels, in any state. */
    List<Container> listContainers(Map<String, String> labels);

    ContainerStatus containerStatus(String containerId);

    /** Makes the runtime write to a new log file after the old one was renamed. */
    void reopenContainerLog(String containerId);

    /** Runs a command to its end. A command that outlives {@code timeout} is killed and reported as {@code DEADLINE_EXCEEDED}. */
    ExecSyncResponse execSync(String containerId, List<String> command, Duration timeout);

    /** The address at which the runtime's streaming server serves this command. */
    URI exec(ExecRequest request);

    URI attach(AttachRequest request);

    URI portForward(String sandboxId, int port);

    List<ContainerStats> listContainerStats(Map<String, String> labels);

    List<Image> listImages();

    /** The image of that name or id, if it is on the node. */
    Optional<Image> imageStatus(String image);

    /** Pulls and returns the image reference by digest. */
    String pullImage(String image, Optional<RegistryCredentials> credentials, PodSandboxConfig sandboxConfig);

    void removeImage(String image);

    List<FilesystemUsage> imageFilesystems();

    /**
     * Calls {@code hint} soon after sandboxes or containers changed state, from any thread, possibly without cause. A runtime that
     * has no such events never calls it, and then {@link #hasChangeHints} is false.
     */
    AutoCloseable onChange(Runnable hint);

    boolean hasChangeHints();

    @Override
    void close();

    /** A registry account. */
    record RegistryCredentials(String username, String password, String auth, String serverAddress) {
        @Override
        public String toString() {
            return "RegistryCredentials[" + serverAddress + "]";
        }
    }
}
