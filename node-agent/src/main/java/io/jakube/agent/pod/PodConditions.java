package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodReadinessGate;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The conditions of a pod that its node decides ("Pod conditions" in the pod lifecycle documentation). Pure. */
final class PodConditions {
    private static final Set<String> OWNED = Set.of("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");

    private final PodStatusInput input;
    private final String phase;
    private final List<PodCondition> previous;

    PodConditions(PodStatusInput input, String phase) {
        this.input = input;
        this.phase = phase;
        this.previous = input.previous().getConditions() == null ? List.of() : input.previous().getConditions();
    }

    /** A status with those conditions of the API object that the node does not decide. */
    static PodStatus adoptForeign(PodStatus own, List<PodCondition> inApi) {
        List<PodCondition> conditions = new ArrayList<>();
        if (own.getConditions() != null) {
            own.getConditions().stream().filter(c -> OWNED.contains(c.getType())).forEach(conditions::add);
        }
        inApi.stream().filter(c -> !OWNED.contains(c.getType())).forEach(conditions::add);
        return new io.fabric8.kubernetes.api.model.PodStatusBuilder(own).withConditions(conditions).build();
    }

    /** Owned conditions in the usual order, then those that others set. */
    List<PodCondition> of(List<ContainerStatus> init, List<ContainerStatus> containers) {
        PodSpec spec = input.pod().getSpec();
        PodCondition containersReady = containersReady(spec, init, containers);
        List<PodCondition> result = new ArrayList<>();
        boolean sandbox = input.runtime().readySandbox().isPresent();
        result.add(condition("PodReadyToStartContainers", sandbox, null, null));
        result.add(initialised(spec, init, containers));
        result.add(ready(spec, containersReady));
        result.add(containersReady);
        result.add(condition("PodScheduled", true, null, null));
        previous.stream().filter(c -> !OWNED.contains(c.getType())).forEach(result::add);
        return result;
    }

    private PodCondition initialised(PodSpec spec, List<ContainerStatus> init, List<ContainerStatus> containers) {
        if (phase.equals("Succeeded")) {
            return condition("Initialized", true, "PodCompleted", null);
        }
        boolean begun = containers.stream().anyMatch(c -> c.getState().getRunning() != null || c.getState().getTerminated() != null
                || c.getLastState() != null && c.getLastState().getTerminated() != null);
        List<String> incomplete = new ArrayList<>();
        for (int i = 0; i < init.size() && !begun; i++) {
            Container container = PodSpecs.initContainers(spec).get(i);
            ContainerStatus status = init.get(i);
            boolean done = PodSpecs.isSidecar(container)
                    ? Boolean.TRUE.equals(status.getStarted())
                    : status.getState().getTerminated() != null && status.getState().getTerminated().getExitCode() == 0;
            if (!done) {
                incomplete.add(status.getName());
            }
        }
        return incomplete.isEmpty()
                ? condition("Initialized", true, null, null)
                : condition("Initialized", false, "ContainersNotInitialized", "containers with incomplete status: " + bracketed(incomplete));
    }

    private PodCondition containersReady(PodSpec spec, List<ContainerStatus> init, List<ContainerStatus> containers) {
        if (phase.equals("Succeeded")) {
            return condition("ContainersReady", false, "PodCompleted", null);
        }
        if (phase.equals("Failed")) {
            return condition("ContainersReady", false, "PodFailed", null);
        }
        List<String> unready = new ArrayList<>();
        for (int i = 0; i < init.size(); i++) {
            if (PodSpecs.isSidecar(PodSpecs.initContainers(spec).get(i)) && !Boolean.TRUE.equals(init.get(i).getReady())) {
                unready.add(init.get(i).getName());
            }
        }
        containers.stream().filter(c -> !Boolean.TRUE.equals(c.getReady())).map(ContainerStatus::getName).forEach(unready::add);
        return unready.isEmpty()
                ? condition("ContainersReady", true, null, null)
                : condition("ContainersReady", false, "ContainersNotReady", "containers with unready status: " + bracketed(unready));
    }

    private PodCondition ready(PodSpec spec, PodCondition containersReady) {
        if (!"True".equals(containersReady.getStatus())) {
            return condition("Ready", false, containersReady.getReason(), containersReady.getMessage());
        }
        List<String> messages = new ArrayList<>();
        for (PodReadinessGate gate : spec.getReadinessGates() == null ? List.<PodReadinessGate>of() : spec.getReadinessGates()) {
            Optional<PodCondition> condition = previous.stream().filter(c -> c.getType().equals(gate.getConditionType())).findFirst();
            if (condition.isEmpty()) {
                messages.add("corresponding condition of pod readiness gate \"" + gate.getConditionType() + "\" does not exist.");
            } else if (!"True".equals(condition.get().getStatus())) {
                messages.add("the status of pod readiness gate \"" + gate.getConditionType() + "\" is not \"True\", but " + condition.get().getStatus());
            }
        }
        return messages.isEmpty()
                ? condition("Ready", true, null, null)
                : condition("Ready", false, "ReadinessGatesNotReady", String.join(", ", messages));
    }

    private PodCondition condition(String type, boolean status, @Nullable String reason, @Nullable String message) {
        String text = status ? "True" : "False";
        Optional<PodCondition> old = previous.stream().filter(c -> c.getType().equals(type)).findFirst();
        String since = old.filter(c -> Objects.equals(c.getStatus(), text) && c.getLastTransitionTime() != null)
                .map(PodCondition::getLastTransitionTime)
                .orElseGet(() -> ContainerStatuses.time(input.now()));
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(text)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(since)
                .withObservedGeneration(input.pod().getMetadata().getGeneration())
                .build();
    }

    private static String bracketed(List<String> names) {
        return "[" + String.join(" ", names) + "]";
    }
}
