package io.jakube.agent.cri;

import static java.util.Objects.requireNonNull;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.jakube.agent.cri.v1.AttachRequest;
import io.jakube.agent.cri.v1.AttachResponse;
import io.jakube.agent.cri.v1.AuthConfig;
import io.jakube.agent.cri.v1.Container;
import io.jakube.agent.cri.v1.ContainerConfig;
import io.jakube.agent.cri.v1.ContainerFilter;
import io.jakube.agent.cri.v1.ContainerStats;
import io.jakube.agent.cri.v1.ContainerStatsFilter;
import io.jakube.agent.cri.v1.ContainerStatus;
import io.jakube.agent.cri.v1.ContainerStatusRequest;
import io.jakube.agent.cri.v1.ContainerStatusResponse;
import io.jakube.agent.cri.v1.CreateContainerRequest;
import io.jakube.agent.cri.v1.CreateContainerResponse;
import io.jakube.agent.cri.v1.ExecRequest;
import io.jakube.agent.cri.v1.ExecResponse;
import io.jakube.agent.cri.v1.ExecSyncRequest;
import io.jakube.agent.cri.v1.ExecSyncResponse;
import io.jakube.agent.cri.v1.FilesystemUsage;
import io.jakube.agent.cri.v1.Image;
import io.jakube.agent.cri.v1.ImageFsInfoRequest;
import io.jakube.agent.cri.v1.ImageFsInfoResponse;
import io.jakube.agent.cri.v1.ImageSpec;
import io.jakube.agent.cri.v1.ImageStatusRequest;
import io.jakube.agent.cri.v1.ImageStatusResponse;
import io.jakube.agent.cri.v1.ListContainerStatsRequest;
import io.jakube.agent.cri.v1.ListContainerStatsResponse;
import io.jakube.agent.cri.v1.ListContainersRequest;
import io.jakube.agent.cri.v1.ListContainersResponse;
import io.jakube.agent.cri.v1.ListImagesRequest;
import io.jakube.agent.cri.v1.ListImagesResponse;
import io.jakube.agent.cri.v1.ListPodSandboxRequest;
import io.jakube.agent.cri.v1.ListPodSandboxResponse;
import io.jakube.agent.cri.v1.NetworkConfig;
import io.jakube.agent.cri.v1.PodSandbox;
import io.jakube.agent.cri.v1.PodSandboxConfig;
import io.jakube.agent.cri.v1.PodSandboxFilter;
import io.jakube.agent.cri.v1.PodSandboxStatus;
import io.jakube.agent.cri.v1.PodSandboxStatusRequest;
import io.jakube.agent.cri.v1.PodSandboxStatusResponse;
import io.jakube.agent.cri.v1.PortForwardRequest;
import io.jakube.agent.cri.v1.PortForwardResponse;
import io.jakube.agent.cri.v1.PullImageRequest;
import io.jakube.agent.cri.v1.PullImageResponse;
import io.jakube.agent.cri.v1.RemoveContainerRequest;
import io.jakube.agent.cri.v1.RemoveContainerResponse;
import io.jakube.agent.cri.v1.RemoveImageRequest;
import io.jakube.agent.cri.v1.RemoveImageResponse;
import io.jakube.agent.cri.v1.RemovePodSandboxRequest;
import io.jakube.agent.cri.v1.RemovePodSandboxResponse;
import io.jakube.agent.cri.v1.ReopenContainerLogRequest;
import io.jakube.agent.cri.v1.ReopenContainerLogResponse;
import io.jakube.agent.cri.v1.RunPodSandboxRequest;
import io.jakube.agent.cri.v1.RunPodSandboxResponse;
import io.jakube.agent.cri.v1.RuntimeCondition;
import io.jakube.agent.cri.v1.RuntimeConfig;
import io.jakube.agent.cri.v1.StartContainerRequest;
import io.jakube.agent.cri.v1.StartContainerResponse;
import io.jakube.agent.cri.v1.StatusRequest;
import io.jakube.agent.cri.v1.StatusResponse;
import io.jakube.agent.cri.v1.StopContainerRequest;
import io.jakube.agent.cri.v1.StopContainerResponse;
import io.jakube.agent.cri.v1.StopPodSandboxRequest;
import io.jakube.agent.cri.v1.StopPodSandboxResponse;
import io.jakube.agent.cri.v1.UpdateRuntimeConfigRequest;
import io.jakube.agent.cri.v1.UpdateRuntimeConfigResponse;
import io.jakube.agent.cri.v1.VersionRequest;
import io.jakube.agent.cri.v1.VersionResponse;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A runtime reached by CRI v1 gRPC on a Unix domain socket, such as containerd or CRI-O. */
public final class CriRuntime implements ContainerRuntime {
    private static final String RUNTIME = "runtime.v1.RuntimeService";
    private static final String IMAGES = "runtime.v1.ImageService";
    private static final Duration SHORT = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofMinutes(4);
    private static final Duration PULL = Duration.ofHours(1);

    private static final CriCall<VersionRequest, VersionResponse> VERSION =
            new CriCall<>(RUNTIME, "Version", VersionRequest.getDefaultInstance(), VersionResponse.getDefaultInstance());
    private static final CriCall<StatusRequest, StatusResponse> STATUS =
            new CriCall<>(RUNTIME, "Status", StatusRequest.getDefaultInstance(), StatusResponse.getDefaultInstance());
    private static final CriCall<UpdateRuntimeConfigRequest, UpdateRuntimeConfigResponse> UPDATE_CONFIG = new CriCall<>(
            RUNTIME, "UpdateRuntimeConfig", UpdateRuntimeConfigRequest.getDefaultInstance(), UpdateRuntimeConfigResponse.getDefaultInstance());
    private static final CriCall<RunPodSandboxRequest, RunPodSandboxResponse> RUN_SANDBOX =
            new CriCall<>(RUNTIME, "RunPodSandbox", RunPodSandboxRequest.getDefaultInstance(), RunPodSandboxResponse.getDefaultInstance());
    private static final CriCall<StopPodSandboxRequest, StopPodSandboxResponse> STOP_SANDBOX =
            new CriCall<>(RUNTIME, "StopPodSandbox", StopPodSandboxRequest.getDefaultInstance(), StopPodSandboxResponse.getDefaultInstance());
    private static final CriCall<RemovePodSandboxRequest, RemovePodSandboxResponse> REMOVE_SANDBOX =
            new CriCall<>(RUNTIME, "RemovePodSandbox", RemovePodSandboxRequest.getDefaultInstance(), RemovePodSandboxResponse.getDefaultInstance());
    private static final CriCall<PodSandboxStatusRequest, PodSandboxStatusResponse> SANDBOX_STATUS =
            new CriCall<>(RUNTIME, "PodSandboxStatus", PodSandboxStatusRequest.getDefaultInstance(), PodSandboxStatusResponse.getDefaultInstance());
    private static final CriCall<ListPodSandboxRequest, ListPodSandboxResponse> LIST_SANDBOXES =
            new CriCall<>(RUNTIME, "ListPodSandbox", ListPodSandboxRequest.getDefaultInstance(), ListPodSandboxResponse.getDefaultInstance());
    private static final CriCall<CreateContainerRequest, CreateContainerResponse> CREATE =
            new CriCall<>(RUNTIME, "CreateContainer", CreateContainerRequest.getDefaultInstance(), CreateContainerResponse.getDefaultInstance());
    private static final CriCall<StartContainerRequest, StartContainerResponse> START =
            new CriCall<>(RUNTIME, "StartContainer", StartContainerRequest.getDefaultInstance(), StartContainerResponse.getDefaultInstance());
    private static final CriCall<StopContainerRequest, StopContainerResponse> STOP =
            new CriCall<>(RUNTIME, "StopContainer", StopContainerRequest.getDefaultInstance(), StopContainerResponse.getDefaultInstance());
    private static final CriCall<RemoveContainerRequest, RemoveContainerResponse> REMOVE =
            new CriCall<>(RUNTIME, "RemoveContainer", RemoveContainerRequest.getDefaultInstance(), RemoveContainerResponse.getDefaultInstance());
    private static final CriCall<ListContainersRequest, ListContainersResponse> LIST =
            new CriCall<>(RUNTIME, "ListContainers", ListContainersRequest.getDefaultInstance(), ListContainersResponse.getDefaultInstance());
    private static final CriCall<ContainerStatusRequest, ContainerStatusResponse> CONTAINER_STATUS =
            new CriCall<>(RUNTIME, "ContainerStatus", ContainerStatusRequest.getDefaultInstance(), ContainerStatusResponse.getDefaultInstance());
    private static final CriCall<ReopenContainerLogRequest, ReopenContainerLogResponse> REOPEN_LOG =
            new CriCall<>(RUNTIME, "ReopenContainerLog", ReopenContainerLogRequest.getDefaultInstance(), ReopenContainerLogResponse.getDefaultInstance());
    private static final CriCall<ExecSyncRequest, ExecSyncResponse> EXEC_SYNC =
            new CriCall<>(RUNTIME, "ExecSync", ExecSyncRequest.getDefaultInstance(), ExecSyncResponse.getDefaultInstance());
    private static final CriCall<ExecRequest, ExecResponse> EXEC =
            new CriCall<>(RUNTIME, "Exec", ExecRequest.getDefaultInstance(), ExecResponse.getDefaultInstance());
    private static final CriCall<AttachRequest, AttachResponse> ATTACH =
            new CriCall<>(RUNTIME, "Attach", AttachRequest.getDefaultInstance(), AttachResponse.getDefaultInstance());
    private static final CriCall<PortForwardRequest, PortForwardResponse> PORT_FORWARD =
            new CriCall<>(RUNTIME, "PortForward", PortForwardRequest.getDefaultInstance(), PortForwardResponse.getDefaultInstance());
    private static final CriCall<ListContainerStatsRequest, ListContainerStatsResponse> STATS =
            new CriCall<>(RUNTIME, "ListContainerStats", ListContainerStatsRequest.getDefaultInstance(), ListContainerStatsResponse.getDefaultInstance());
    private static final CriCall<ListImagesRequest, ListImagesResponse> LIST_IMAGES =
            new CriCall<>(IMAGES, "ListImages", ListImagesRequest.getDefaultInstance(), ListImagesResponse.getDefaultInstance());
    private static final CriCall<ImageStatusRequest, ImageStatusResponse> IMAGE_STATUS =
            new CriCall<>(IMAGES, "ImageStatus", ImageStatusRequest.getDefaultInstance(), ImageStatusResponse.getDefaultInstance());
    private static final CriCall<PullImageRequest, PullImageResponse> PULL_IMAGE =
            new CriCall<>(IMAGES, "PullImage", PullImageRequest.getDefaultInstance(), PullImageResponse.getDefaultInstance());
    private static final CriCall<RemoveImageRequest, RemoveImageResponse> REMOVE_IMAGE =
            new CriCall<>(IMAGES, "RemoveImage", RemoveImageRequest.getDefaultInstance(), RemoveImageResponse.getDefaultInstance());
    private static final CriCall<ImageFsInfoRequest, ImageFsInfoResponse> IMAGE_FS =
            new CriCall<>(IMAGES, "ImageFsInfo", ImageFsInfoRequest.getDefaultInstance(), ImageFsInfoResponse.getDefaultInstance());

    private final EventLoopGroup loops;
    private final ManagedChannel channel;
    private final ContainerdEvents events;

    /** Does not connect yet; calls fail with {@code UNAVAILABLE} until the socket accepts. */
    public CriRuntime(Path socket) {
        requireNonNull(socket, "socket is null");
        loops = UnixChannels.eventLoops();
        channel = UnixChannels.open(socket, loops);
        events = new ContainerdEvents(channel);
    }

    @Override
    public VersionResponse version() {
        return VERSION.call(channel, VersionRequest.getDefaultInstance(), SHORT);
    }

    @Override
    public List<RuntimeCondition> conditions() {
        return STATUS.call(channel, StatusRequest.getDefaultInstance(), SHORT).getStatus().getConditionsList();
    }

    @Override
    public void updatePodCidr(String podCidr) {
        RuntimeConfig config = RuntimeConfig.newBuilder().setNetworkConfig(NetworkConfig.newBuilder().setPodCidr(podCidr)).build();
        UPDATE_CONFIG.call(channel, UpdateRuntimeConfigRequest.newBuilder().setRuntimeConfig(config).build(), SHORT);
    }

    @Override
    public String runPodSandbox(PodSandboxConfig config, String runtimeHandler) {
        return RUN_SANDBOX.call(channel, RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler(runtimeHandler).build(), LONG).getPodSandboxId();
    }

    @Override
    public void stopPodSandbox(String sandboxId) {
        ignoreMissing(() -> STOP_SANDBOX.call(channel, StopPodSandboxRequest.newBuilder().setPodSandboxId(sandboxId).build(), LONG));
    }

    @Override
    public void removePodSandbox(String sandboxId) {
        ignoreMissing(() -> REMOVE_SANDBOX.call(channel, RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandboxId).build(), LONG));
    }

    @Override
    public PodSandboxStatus podSandboxStatus(String sandboxId) {
        return SANDBOX_STATUS.call(channel, PodSandboxStatusRequest.newBuilder().setPodSandboxId(sandboxId).build(), SHORT).getStatus();
    }

    @Override
    public List<PodSandbox> listPodSandboxes(Map<String, String> labels) {
        PodSandboxFilter filter = PodSandboxFilter.newBuilder().putAllLabelSelector(labels).build();
        return LIST_SANDBOXES.call(channel, ListPodSandboxRequest.newBuilder().setFilter(filter).build(), SHORT).getItemsList();
    }

    @Override
    public String createContainer(String sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig) {
        CreateContainerRequest request =
                CreateContainerRequest.newBuilder().setPodSandboxId(sandboxId).setConfig(config).setSandboxConfig(sandboxConfig).build();
        return CREATE.call(channel, request, LONG).getContainerId();
    }

    @Override
    public void startContainer(String containerId) {
        START.call(channel, StartContainerRequest.newBuilder().setContainerId(containerId).build(), LONG);
    }

    @Override
    public void stopContainer(String containerId, Duration grace) {
        StopContainerRequest request = StopContainerRequest.newBuilder().setContainerId(containerId).setTimeout(grace.toSeconds()).build();
        ignoreMissing(() -> STOP.call(channel, request, grace.plus(LONG)));
    }

    @Override
    public void removeContainer(String containerId) {
        ignoreMissing(() -> REMOVE.call(channel, RemoveContainerRequest.newBuilder().setContainerId(containerId).build(), LONG));
    }

    @Override
    public List<Container> listContainers(Map<String, String> labels) {
        ContainerFilter filter = ContainerFilter.newBuilder().putAllLabelSelector(labels).build();
        return LIST.call(channel, ListContainersRequest.newBuilder().setFilter(filter).build(), SHORT).getContainersList();
    }

    @Override
    public ContainerStatus containerStatus(String containerId) {
        return CONTAINER_STATUS.call(channel, ContainerStatusRequest.newBuilder().setContainerId(containerId).build(), SHORT).getStatus();
    }

    @Override
    public void reopenContainerLog(String containerId) {
        REOPEN_LOG.call(channel, ReopenContainerLogRequest.newBuilder().setContainerId(containerId).build(), SHORT);
    }

    @Override
    public ExecSyncResponse execSync(String containerId, List<String> command, Duration timeout) {
        ExecSyncRequest request =
                ExecSyncRequest.newBuilder().setContainerId(containerId).addAllCmd(command).setTimeout(Math.max(1, timeout.toSeconds())).build();
        return EXEC_SYNC.call(channel, request, timeout.plus(SHORT));
    }

    @Override
    public URI exec(ExecRequest request) {
        return URI.create(EXEC.call(channel, request, SHORT).getUrl());
    }

    @Override
    public URI attach(AttachRequest request) {
        return URI.create(ATTACH.call(channel, request, SHORT).getUrl());
    }

    @Override
    public URI portForward(String sandboxId, int port) {
        return URI.create(PORT_FORWARD.call(channel, PortForwardRequest.newBuilder().setPodSandboxId(sandboxId).addPort(port).build(), SHORT).getUrl());
    }

    @Override
    public List<ContainerStats> listContainerStats(Map<String, String> labels) {
        ContainerStatsFilter filter = ContainerStatsFilter.newBuilder().putAllLabelSelector(labels).build();
        return STATS.call(channel, ListContainerStatsRequest.newBuilder().setFilter(filter).build(), SHORT).getStatsList();
    }

    @Override
    public List<Image> listImages() {
        return LIST_IMAGES.call(channel, ListImagesRequest.getDefaultInstance(), SHORT).getImagesList();
    }

    @Override
    public Optional<Image> imageStatus(String image) {
        ImageStatusResponse response = IMAGE_STATUS.call(channel, ImageStatusRequest.newBuilder().setImage(spec(image)).build(), SHORT);
        return response.hasImage() ? Optional.of(response.getImage()) : Optional.empty();
    }

    @Override
    public String pullImage(String image, Optional<RegistryCredentials> credentials, PodSandboxConfig sandboxConfig) {
        PullImageRequest.Builder request = PullImageRequest.newBuilder().setImage(spec(image)).setSandboxConfig(sandboxConfig);
        credentials.ifPresent(account -> request.setAuth(AuthConfig.newBuilder()
                .setUsername(account.username())
                .setPassword(account.password())
                .setAuth(account.auth())
                .setServerAddress(account.serverAddress())));
        return PULL_IMAGE.call(channel, request.build(), PULL).getImageRef();
    }

    @Override
    public void removeImage(String image) {
        REMOVE_IMAGE.call(channel, RemoveImageRequest.newBuilder().setImage(spec(image)).build(), LONG);
    }

    @Override
    public List<FilesystemUsage> imageFilesystems() {
        return IMAGE_FS.call(channel, ImageFsInfoRequest.getDefaultInstance(), SHORT).getImageFilesystemsList();
    }

    @Override
    public AutoCloseable onChange(Runnable hint) {
        return events.subscribe(hint);
    }

    @Override
    public boolean hasChangeHints() {
        return events.connected();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
    }

    private static ImageSpec spec(String image) {
        return ImageSpec.newBuilder().setImage(image).build();
    }

    private static void ignoreMissing(Runnable call) {
        try {
            call.run();
        } catch (RuntimeFailure e) {
            if (e.code() != Status.Code.NOT_FOUND) {
                throw e;
            }
        }
    }
}
