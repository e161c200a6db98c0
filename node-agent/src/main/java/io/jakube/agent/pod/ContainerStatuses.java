package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountStatus;
import io.fabric8.kubernetes.api.model.VolumeMountStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Container records as API container statuses. Pure. */
final class ContainerStatuses {
    /** Exit code and reason of a container that is gone without a trace. */
    private static final int LOST_EXIT_CODE = 137;

    private static final String LOST = "ContainerStatusUnknown";

    private final PodStatusInput input;
    private final boolean hasInitContainers;

    ContainerStatuses(PodStatusInput input) {
        this.input = input;
        this.hasInitContainers = !PodSpecs.initContainers(input.pod().getSpec()).isEmpty();
    }

    /** The time as the API writes it: whole seconds. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    List<ContainerStatus> of(List<Container> containers, @Nullable List<ContainerStatus> previous, boolean init) {
        return containers.stream()
                .map(c -> of(
                        c,
                        (previous == null ? List.<ContainerStatus>of() : previous).stream().filter(s -> s.getName().equals(c.getName())).findFirst(),
                        init))
                .toList();
    }

    private ContainerStatus of(Container container, Optional<ContainerStatus> previous, boolean init) {
        List<ContainerRecord> records = input.runtime().all(container.getName()).toList();
        ContainerStatusBuilder status = new ContainerStatusBuilder()
                .withName(container.getName())
                .withImage(container.getImage())
                .withImageID("")
                .withReady(false)
                .withStarted(false)
                .withRestartCount(previous.map(ContainerStatus::getRestartCount).orElse(0))
                .withState(new ContainerState())
                .withLastState(previous.map(ContainerStatus::getLastState).orElseGet(ContainerState::new));
        if (records.isEmpty()) {
            missing(container, previous, status);
        } else {
            ContainerRecord record = records.getFirst();
            boolean startFailed = record.state() == ContainerRecord.State.CREATED;
            status.withImage(record.image().isEmpty() ? container.getImage() : record.image())
                    .withImageID(record.imageRef())
                    .withContainerID(startFailed ? null : "containerd://" + record.id())
                    .withRestartCount(record.attempt());
            records.stream().skip(1).filter(ContainerRecord::isExited).findFirst().ifPresent(last -> status.withLastState(terminated(last)));
            state(container, record, status, init);
        }
        if (container.getResources() != null && (container.getResources().getRequests() != null || container.getResources().getLimits() != null)) {
            status.withResources(container.getResources()).withAllocatedResources(container.getResources().getRequests());
        } else {
            status.withNewResources().endResources();
        }
        return status.withVolumeMounts(mounts(container)).build();
    }

    private void state(Container container, ContainerRecord record, ContainerStatusBuilder status, boolean init) {
        WaitingReason reason = input.reasons().get(container.getName());
        switch (record.state()) {
            case RUNNING -> {
                if (input.hooksRunning().contains(container.getName())) {
                    status.withState(waiting(defaultReason()));
                    return;
                }
                boolean started = input.probes().started(record.id());
                boolean sidecar = init && PodSpecs.isSidecar(container);
                status.withNewState().withNewRunning(time(record.startedAt())).endState()
                        .withStarted(started)
                        .withReady((!init || sidecar) && started && input.probes().ready(record.id()));
            }
            case EXITED -> {
                if (reason != null && !input.ending()) {
                    status.withLastState(terminated(record)).withState(waiting(reason));
                } else {
                    status.withState(terminated(record)).withReady(init && record.exitCode() == 0);
                }
            }
            case CREATED, UNKNOWN -> status.withState(waiting(reason == null ? defaultReason() : reason));
        }
    }

    private void missing(Container container, Optional<ContainerStatus> previous, ContainerStatusBuilder status) {
        previous.ifPresent(old -> status.withImage(old.getImage()).withImageID(old.getImageID()).withContainerID(old.getContainerID()));
        ContainerState before = previous.map(ContainerStatus::getState).orElseGet(ContainerState::new);
        WaitingReason reason = input.reasons().get(container.getName());
        if (before.getTerminated() != null && reason == null) {
            status.withState(before).withReady(previous.get().getReady());
            return;
        }
        if (before.getRunning() != null) {
            ContainerState lost = new ContainerStateBuilder()
                    .withNewTerminated()
                    .withReason(LOST)
                    .withMessage("The container could not be located when the pod was "
                            + (input.pod().getMetadata().getDeletionTimestamp() == null ? "terminated" : "deleted.  The container used to be Running"))
                    .withExitCode(LOST_EXIT_CODE)
                    .endTerminated()
                    .build();
            if (input.ending()) {
                status.withState(lost);
                return;
            }
            status.withLastState(lost).withRestartCount(previous.get().getRestartCount() + 1);
        }
        status.withState(waiting(reason == null ? defaultReason() : reason));
    }

    private WaitingReason defaultReason() {
        return new WaitingReason(hasInitContainers ? "PodInitializing" : "ContainerCreating", "");
    }

    private static ContainerState waiting(WaitingReason reason) {
        return new ContainerStateBuilder()
                .withNewWaiting(reason.message().isEmpty() ? null : reason.message(), reason.reason())
                .build();
    }

    static ContainerState terminated(ContainerRecord record) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withContainerID("containerd://" + record.id())
                .withExitCode(record.exitCode())
                .withReason(record.reason().isEmpty() ? (record.exitCode() == 0 ? "Completed" : "Error") : record.reason())
                .withMessage(record.message().isEmpty() ? null : record.message())
                .withStartedAt(time(record.startedAt()))
                .withFinishedAt(time(record.finishedAt()))
                .endTerminated()
                .build();
    }

    private static List<VolumeMountStatus> mounts(Container container) {
        return container.getVolumeMounts() == null
                ? List.of()
                : container.getVolumeMounts().stream()
                        .map(mount -> {
                            boolean readOnly = Boolean.TRUE.equals(mount.getReadOnly());
                            VolumeMountStatusBuilder status = new VolumeMountStatusBuilder().withName(mount.getName()).withMountPath(mount.getMountPath());
                            return readOnly ? status.withReadOnly(true).withRecursiveReadOnly("Disabled").build() : status.build();
                        })
                        .toList();
    }
}
