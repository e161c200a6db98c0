package io.jakube.controller.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.informer.Informers;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Controllers on an {@link ApiTracker}, driven step by step on the test's thread with a clock that moves only when told. */
public final class TestCluster implements EventRecorder {
    private static final int MANY = 2000;

    private final AtomicLong nanos = new AtomicLong();
    private final Instant epoch = Instant.parse("2026-01-01T00:00:00Z");
    private final List<String> events = new ArrayList<>();
    public final ApiTracker api = new ApiTracker(this::now);
    public final Informers informers = new Informers(api);
    public final ControllerScope scope = new ControllerScope(api, informers, this, this::now, nanos::get, Runnable::run);

    /** @param controllers made with the scope, for example {@code ReplicaSetController::new} */
    @SafeVarargs
    public TestCluster(Consumer<ControllerScope>... controllers) {
        for (Consumer<ControllerScope> controller : controllers) {
            controller.accept(scope);
        }
        informers.start();
    }

    public Instant now() {
        return epoch.plusNanos(nanos.get());
    }

    /** Events so far, as {@code Reason message}. */
    public List<String> events() {
        return events;
    }

    @Override
    public void record(ObjectReference regarding, Type type, String reason, String message) {
        events.add(reason + " " + message);
    }

    /** Moves the clock and lets the controllers work until none has anything to do. */
    public TestCluster advance(Duration time) {
        nanos.addAndGet(time.toNanos());
        return settle();
    }

    /** Lets the controllers work until none has anything to do now. */
    public TestCluster settle() {
        for (int step = 0; step < MANY; step++) {
            boolean worked = false;
            for (ReconcileLoop loop : scope.loops()) {
                try {
                    worked |= loop.stepIfDue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            if (!worked) {
                return this;
            }
        }
        throw new AssertionError("controllers do not come to rest; last requests: " + api.requests().reversed().stream().limit(20).toList());
    }

    public <T extends HasMetadata> T create(T object) {
        return api.create(object);
    }

    /** Changes an object; the change gets the latest state. */
    public <T extends HasMetadata> T change(T object, UnaryOperator<T> change) {
        return api.update(change.apply(latest(object)));
    }

    public <T extends HasMetadata> T changeStatus(T object, UnaryOperator<T> change) {
        return api.updateStatus(change.apply(latest(object)));
    }

    @SuppressWarnings("unchecked")
    public <T extends HasMetadata> T latest(T object) {
        String namespace = object.getMetadata().getNamespace() == null ? "" : object.getMetadata().getNamespace();
        return (T) api.get(object.getClass(), namespace, object.getMetadata().getName());
    }

    public void delete(HasMetadata object, DeleteOptions options) {
        String namespace = object.getMetadata().getNamespace() == null ? "" : object.getMetadata().getNamespace();
        api.delete(object.getClass(), namespace, object.getMetadata().getName(), options);
    }

    public List<Pod> pods() {
        return api.list(Pod.class);
    }

    /** What scheduler and kubelet do: every pod runs and is ready; those being deleted end. */
    public TestCluster runPods() {
        for (Pod pod : pods()) {
            if (pod.getMetadata().getDeletionTimestamp() != null) {
                delete(pod, DeleteOptions.NONE.withGracePeriodSeconds(0));
            } else if (pod.getStatus() == null || pod.getStatus().getPhase() == null) {
                makeReady(pod);
            }
        }
        return settle();
    }

    public Pod makeReady(Pod pod) {
        if (pod.getSpec().getNodeName() == null) {
            change(pod, p -> new PodBuilder(p).editSpec().withNodeName("node-1").endSpec().build());
        }
        return setPhase(pod, "Running", true);
    }

    public Pod setPhase(Pod pod, String phase, boolean ready) {
        return changeStatus(pod, p -> new PodBuilder(p).editOrNewStatus().withPhase(phase)
                .withConditions(new PodConditionBuilder().withType("Ready").withStatus(ready ? "True" : "False").withLastTransitionTime(now().toString()).build())
                .withPodIP("10.244.0." + (1 + Math.abs(p.getMetadata().getName().hashCode() % 250)))
                .endStatus().build());
    }

    /** Repeats running pods and settling until nothing changes any more. */
    public TestCluster converge() {
        settle();
        for (int round = 0; round < 100; round++) {
            api.forgetRequests();
            runPods();
            if (api.requests().isEmpty()) {
                return this;
            }
        }
        throw new AssertionError("the cluster does not converge");
    }
}
