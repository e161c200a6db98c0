package io.jakube.agent.simulated;

import static java.util.Objects.requireNonNull;

import io.grpc.Status;
import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.AttachRequest;
import io.jakube.agent.cri.v1.Container;
import io.jakube.agent.cri.v1.ContainerConfig;
import io.jakube.agent.cri.v1.ContainerState;
import io.jakube.agent.cri.v1.ContainerStats;
import io.jakube.agent.cri.v1.ContainerStatus;
import io.jakube.agent.cri.v1.ExecRequest;
import io.jakube.agent.cri.v1.ExecSyncResponse;
import io.jakube.agent.cri.v1.FilesystemUsage;
import io.jakube.agent.cri.v1.Image;
import io.jakube.agent.cri.v1.PodSandbox;
import io.jakube.agent.cri.v1.PodSandboxConfig;
import io.jakube.agent.cri.v1.PodSandboxNetworkStatus;
import io.jakube.agent.cri.v1.PodSandboxState;
import io.jakube.agent.cri.v1.PodSandboxStatus;
import io.jakube.agent.cri.v1.RuntimeCondition;
import io.jakube.agent.cri.v1.VersionResponse;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A runtime in which sandboxes and containers are only bookkeeping: they "run" at once and until stopped, every image is there, and addresses
 * are counted up in the node's range. Whatever would need a process says that there is none. Nothing survives the agent. Thread-safe.
 */
public final class SimulatedRuntime implements ContainerRuntime {
    private static final int STOPPED_BY_SIGNAL = 143;

    private final InstantSource clock;
    private final Map<String, PodSandboxStatus> sandboxes = new ConcurrentHashMap<>();
    private final Map<String, ContainerStatus> containers = new ConcurrentHashMap<>();
    private final Map<String, String> sandboxOf = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger addresses = new AtomicInteger(1);
    private final String prefix;

    /** @param addressPrefix first two or three parts of the pods' addresses, such as {@code 10.200} */
    public SimulatedRuntime(String addressPrefix, InstantSource clock) {
        this.prefix = requireNonNull(addressPrefix, "addressPrefix is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public VersionResponse version() {
        return VersionResponse.newBuilder().setVersion("0.1.0").setRuntimeName("simulated").setRuntimeVersion("1.0").setRuntimeApiVersion("v1").build();
    }

    @Override
    public List<RuntimeCondition> conditions() {
        return List.of(
                RuntimeCondition.newBuilder().setType("RuntimeReady").setStatus(true).build(),
                RuntimeCondition.newBuilder().setType("NetworkReady").setStatus(true).build());
    }

    @Override
    public void updatePodCidr(String podCidr) {}

    @Override
    public String runPodSandbox(PodSandboxConfig config, String runtimeHandler) {
        String id = newId();
        sandboxes.put(id, PodSandboxStatus.newBuilder()
                .setId(id)
                .setMetadata(config.getMetadata())
                .setState(PodSandboxState.SANDBOX_READY)
                .setCreatedAt(now())
                .setNetwork(PodSandboxNetworkStatus.newBuilder().setIp(nextAddress()))
                .putAllLabels(config.getLabelsMap())
                .putAllAnnotations(config.getAnnotationsMap())
                .build());
        return id;
    }

    @Override
    public void stopPodSandbox(String sandboxId) {
        containers.keySet().stream().filter(id -> sandboxId.equals(sandboxOf.get(id))).forEach(this::exit);
        sandboxes.computeIfPresent(sandboxId, (id, s) -> s.toBuilder().setState(PodSandboxState.SANDBOX_NOTREADY).clearNetwork().build());
    }

    @Override
    public void removePodSandbox(String sandboxId) {
        containers.keySet().stream().filter(id -> sandboxId.equals(sandboxOf.get(id))).toList().forEach(this::removeContainer);
        sandboxes.remove(sandboxId);
    }

    @Override
    public PodSandboxStatus podSandboxStatus(String sandboxId) {
        return found(sandboxes.get(sandboxId), "sandbox", sandboxId);
    }

    @Override
    public List<PodSandbox> listPodSandboxes(Map<String, String> labels) {
        return sandboxes.values().stream()
                .filter(s -> s.getLabelsMap().entrySet().containsAll(labels.entrySet()))
                .map(s -> PodSandbox.newBuilder()
                        .setId(s.getId())
                        .setMetadata(s.getMetadata())
                        .setState(s.getState())
                        .setCreatedAt(s.getCreatedAt())
                        .putAllLabels(s.getLabelsMap())
                        .putAllAnnotations(s.getAnnotationsMap())
                        .build())
                .toList();
    }

    @Override
    public String createContainer(String sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig) {
        String id = newId();
        sandboxOf.put(id, sandboxId);
        containers.put(id, ContainerStatus.newBuilder()
                .setId(id)
                .setMetadata(config.getMetadata())
                .setState(ContainerState.CONTAINER_CREATED)
                .setCreatedAt(now())
                .setImage(config.getImage().toBuilder().setImage(config.getImage().getUserSpecifiedImage()))
                .setImageRef(config.getImage().getImage())
                .putAllLabels(config.getLabelsMap())
                .putAllAnnotations(config.getAnnotationsMap())
                .setLogPath("")
                .build());
        return id;
    }

    @Override
    public void startContainer(String containerId) {
        found(containers.computeIfPresent(containerId, (id, c) -> c.toBuilder().setState(ContainerState.CONTAINER_RUNNING).setStartedAt(now()).build()), "container",
                containerId);
    }

    @Override
    public void stopContainer(String containerId, Duration grace) {
        exit(containerId);
        listeners.forEach(Runnable::run);
    }

    private void exit(String containerId) {
        containers.computeIfPresent(containerId, (id, c) -> c.getState() == ContainerState.CONTAINER_EXITED
                ? c
                : c.toBuilder()
                        .setState(ContainerState.CONTAINER_EXITED)
                        .setFinishedAt(now())
                        .setExitCode(STOPPED_BY_SIGNAL)
                        .setReason("Error")
                        .build());
    }

    @Override
    public void removeContainer(String containerId) {
        containers.remove(containerId);
        sandboxOf.remove(containerId);
    }

    @Override
    public List<Container> listContainers(Map<String, String> labels) {
        return containers.values().stream()
                .filter(c -> c.getLabelsMap().entrySet().containsAll(labels.entrySet()))
                .map(c -> Container.newBuilder()
                        .setId(c.getId())
                        .setPodSandboxId(sandboxOf.getOrDefault(c.getId(), ""))
                        .setMetadata(c.getMetadata())
                        .setImage(c.getImage())
                        .setImageRef(c.getImageRef())
                        .setState(c.getState())
                        .setCreatedAt(c.getCreatedAt())
                        .putAllLabels(c.getLabelsMap())
                        .putAllAnnotations(c.getAnnotationsMap())
                        .build())
                .toList();
    }

    @Override
    public ContainerStatus containerStatus(String containerId) {
        return found(containers.get(containerId), "container", containerId);
    }

    @Override
    public void reopenContainerLog(String containerId) {}

    @Override
    public ExecSyncResponse execSync(String containerId, List<String> command, Duration timeout) {
        return ExecSyncResponse.getDefaultInstance();
    }

    @Override
    public URI exec(ExecRequest request) {
        throw noProcess();
    }

    @Override
    public URI attach(AttachRequest request) {
        throw noProcess();
    }

    @Override
    public URI portForward(String sandboxId, int port) {
        throw noProcess();
    }

    @Override
    public List<ContainerStats> listContainerStats(Map<String, String> labels) {
        return List.of();
    }

    @Override
    public List<Image> listImages() {
        return List.of();
    }

    @Override
    public Optional<Image> imageStatus(String image) {
        return Optional.of(Image.newBuilder().setId("sha256:" + Integer.toHexString(image.hashCode())).addRepoTags(image).build());
    }

    @Override
    public String pullImage(String image, Optional<RegistryCredentials> credentials, PodSandboxConfig sandboxConfig) {
        return image;
    }

    @Override
    public void removeImage(String image) {}

    @Override
    public List<FilesystemUsage> imageFilesystems() {
        return List.of();
    }

    @Override
    public AutoCloseable onChange(Runnable hint) {
        listeners.add(hint);
        return () -> listeners.remove(hint);
    }

    @Override
    public boolean hasChangeHints() {
        return true;
    }

    @Override
    public void close() {}

    private String nextAddress() {
        int n = addresses.getAndIncrement();
        return prefix + "." + (n / 254 % 254 + 1) + "." + (n % 254 + 1);
    }

    private long now() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private static String newId() {
        return (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
    }

    private static <T> T found(T value, String kind, String id) {
        if (value == null) {
            throw new RuntimeFailure(Status.Code.NOT_FOUND, kind + " \"" + id + "\" not found");
        }
        return value;
    }

    private static RuntimeFailure noProcess() {
        return new RuntimeFailure(Status.Code.UNIMPLEMENTED, "this node is simulated: its containers have no processes");
    }
}
