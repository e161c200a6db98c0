package io.jakube.agent.pod;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A pod's sandboxes and containers as the runtime has them at one moment.
 *
 * @param sandboxes newest first
 * @param containers newest first
 */
public record RuntimePod(List<Sandbox> sandboxes, List<ContainerRecord> containers) {
    public static final RuntimePod NONE = new RuntimePod(List.of(), List.of());

    /**
     * One sandbox.
     *
     * @param ips empty without a network of its own
     */
    public record Sandbox(String id, int attempt, boolean ready, List<String> ips) {}

    public RuntimePod {
        sandboxes = List.copyOf(sandboxes);
        containers = List.copyOf(containers);
    }

    /** The newest sandbox, if it runs. */
    public Optional<Sandbox> readySandbox() {
        return sandboxes.stream().findFirst().filter(Sandbox::ready);
    }

    /** All containers of that name, newest first. */
    public Stream<ContainerRecord> all(String name) {
        return containers.stream().filter(c -> c.name().equals(name));
    }

    public Optional<ContainerRecord> newest(String name) {
        return all(name).findFirst();
    }

    /** The newest container of that name in a sandbox. */
    public Optional<ContainerRecord> newestIn(String sandboxId, String name) {
        return all(name).filter(c -> c.sandboxId().equals(sandboxId)).findFirst();
    }

    public Stream<ContainerRecord> running() {
        return containers.stream().filter(ContainerRecord::isRunning);
    }

    public boolean isEmpty() {
        return sandboxes.isEmpty() && containers.isEmpty();
    }
}
