package io.jakube.agent.pull;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.agent.api.ClusterObjects;
import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.Image;
import io.jakube.agent.cri.v1.PodSandboxConfig;
import io.jakube.agent.images.ImageReference;
import io.jakube.agent.pod.BackOff;
import io.jakube.agent.pod.PodEvents;
import io.jakube.agent.pod.WaitingReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Makes container images present on the node by their pull policy, with back-off from 10 seconds to 5 minutes per pod and image. A few pulls
 * run at a time, each on a virtual thread. Thread-safe.
 *
 * <p>Where local images are preferred, {@code Always} uses an image of the node if its registry does not answer or the pull fails; an event
 * says so.
 */
public final class ImagePuller {
    private static final Duration INITIAL_DELAY = Duration.ofSeconds(10);
    private static final Duration MAX_DELAY = Duration.ofMinutes(5);
    private static final int PARALLEL_PULLS = 4;

    private record Failure(String message, Instant at) {}

    private final ContainerRuntime runtime;
    private final PodEvents events;
    private final PullSecrets secrets;
    private final Registries registries = new Registries();
    private final boolean preferLocal;
    private final BackOff backOff = new BackOff(INITIAL_DELAY, MAX_DELAY);
    private final Map<String, Failure> failures = new ConcurrentHashMap<>();
    private final Semaphore pulls = new Semaphore(PARALLEL_PULLS);

    public ImagePuller(ContainerRuntime runtime, ClusterObjects objects, PodEvents events, boolean preferLocal) {
        this.runtime = requireNonNull(runtime, "runtime is null");
        this.events = requireNonNull(events, "events is null");
        this.secrets = new PullSecrets(objects);
        this.preferLocal = preferLocal;
    }

    /** Finds out early whether the default registry answers, so that the first pod need not wait for it. */
    public void warmUp() {
        if (preferLocal) {
            Thread.startVirtualThread(() -> registries.answers("docker.io"));
        }
    }

    /**
     * Completes at once unless the image has to be pulled.
     *
     * @throws RuntimeFailure if the runtime cannot be asked
     */
    public CompletableFuture<ImageResult> ensure(Pod pod, Container container, PodSandboxConfig sandbox) {
        String name = container.getImage();
        ImageReference reference;
        try {
            reference = ImageReference.parse(name == null ? "" : name);
        } catch (IllegalArgumentException e) {
            String message = "Failed to apply default image tag \"" + name + "\": couldn't parse image name \"" + name + "\": invalid reference format";
            events.warning(pod, container, "InspectFailed", message);
            return failed("InvalidImageName", message);
        }
        Optional<Image> local = runtime.imageStatus(reference.toString());
        String policy = policy(container, reference);
        if (policy.equals("Never") && local.isEmpty()) {
            String message = "Container image \"" + name + "\" is not present with pull policy of Never";
            events.warning(pod, container, "ErrImageNeverPull", message);
            return failed("ErrImageNeverPull", message);
        }
        if (!policy.equals("Always") && local.isPresent()) {
            events.normal(pod, container, "Pulled", "Container image \"" + name + "\" already present on machine");
            return present(local.get());
        }
        String registry = reference.repository().substring(0, reference.repository().indexOf('/'));
        if (local.isPresent() && preferLocal && !registries.answers(registry)) {
            events.normal(pod, container, "Pulled", "Container image \"" + name + "\" already present on machine; it is used although its pull policy is Always,"
                    + " because the registry " + registry + " does not answer and jakube.agent.prefer-local-images is on");
            return present(local.get());
        }
        String key = pod.getMetadata().getUid() + "/" + reference;
        Failure last = failures.get(key);
        if (last != null && Instant.now().isBefore(last.at().plus(delay(key, last.at())))) {
            events.normal(pod, container, "BackOff", "Back-off pulling image \"" + name + "\"");
            events.warning(pod, container, "Failed", "Error: ImagePullBackOff");
            return failed("ImagePullBackOff", "Back-off pulling image \"" + name + "\": ErrImagePull: " + last.message());
        }
        CompletableFuture<ImageResult> result = new CompletableFuture<>();
        Thread.ofVirtual().name("pull-" + name).start(() -> result.complete(pull(pod, container, reference, local, sandbox, key)));
        return result;
    }

    /** When the pod's next attempt for this image may begin; empty if none failed. */
    public Optional<Instant> nextAttempt(Pod pod, Container container) {
        try {
            String key = pod.getMetadata().getUid() + "/" + ImageReference.parse(container.getImage());
            Failure last = failures.get(key);
            return last == null ? Optional.empty() : Optional.of(last.at().plus(delay(key, last.at())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Forgets a pod that is gone. */
    public void forget(String podUid) {
        failures.keySet().removeIf(key -> key.startsWith(podUid + "/"));
    }

    private ImageResult pull(Pod pod, Container container, ImageReference reference, Optional<Image> local, PodSandboxConfig sandbox, String key) {
        String name = container.getImage();
        Instant asked = Instant.now();
        try {
            pulls.acquire();
            Instant begun = Instant.now();
            try {
                events.normal(pod, container, "Pulling", "Pulling image \"" + name + "\"");
                runtime.pullImage(reference.toString(), secrets.find(pod, reference.repository()), sandbox);
                Image image = runtime.imageStatus(reference.toString())
                        .orElseThrow(() -> new RuntimeFailure(io.grpc.Status.Code.NOT_FOUND, "the image is gone after it was pulled"));
                failures.remove(key);
                synchronized (backOff) {
                    backOff.reset(key);
                }
                events.normal(pod, container, "Pulled", "Successfully pulled image \"" + name + "\" in " + millis(begun) + " (" + millis(asked)
                        + " including waiting). Image size: " + image.getSize() + " bytes.");
                return new ImageResult.Present(image);
            } finally {
                pulls.release();
            }
        } catch (RuntimeFailure e) {
            return pullFailed(pod, container, local, key, e.rpcText());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new ImageResult.Failed(new WaitingReason("ErrImagePull", "interrupted"));
        } catch (RuntimeException e) {
            return pullFailed(pod, container, local, key, String.valueOf(e.getMessage()));
        }
    }

    private ImageResult pullFailed(Pod pod, Container container, Optional<Image> local, String key, String message) {
        String name = container.getImage();
        events.warning(pod, container, "Failed", "Failed to pull image \"" + name + "\": " + message);
        if (local.isPresent() && preferLocal) {
            events.normal(pod, container, "Pulled", "Container image \"" + name + "\" already present on machine; it is used because it could not be pulled"
                    + " and jakube.agent.prefer-local-images is on");
            return new ImageResult.Present(local.get());
        }
        events.warning(pod, container, "Failed", "Error: ErrImagePull");
        Instant now = Instant.now();
        synchronized (backOff) {
            backOff.next(key, now);
        }
        failures.put(key, new Failure(message, now));
        return new ImageResult.Failed(new WaitingReason("ErrImagePull", message));
    }

    private Duration delay(String key, Instant since) {
        synchronized (backOff) {
            return backOff.delay(key, since);
        }
    }

    private static String policy(Container container, ImageReference reference) {
        String policy = container.getImagePullPolicy();
        return policy != null && !policy.isEmpty() ? policy : reference.suffix().equals(":latest") ? "Always" : "IfNotPresent";
    }

    private static String millis(Instant since) {
        long millis = Duration.between(since, Instant.now()).toMillis();
        return millis < 1000 ? millis + "ms" : millis / 1000 + "." + millis % 1000 + "s";
    }

    private static CompletableFuture<ImageResult> present(Image image) {
        return CompletableFuture.completedFuture(new ImageResult.Present(image));
    }

    private static CompletableFuture<ImageResult> failed(String reason, String message) {
        return CompletableFuture.completedFuture(new ImageResult.Failed(new WaitingReason(reason, message)));
    }
}
