package io.jakube.controller.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.jakube.common.client.PatchType;
import io.jakube.common.json.Json;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.pods.PodTemplates;
import io.jakube.controller.runtime.Write;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pods of jobs: new ones, and the finalizer that keeps a finished one until it is counted (KEP-2307). */
final class JobPods {
    static final String FINALIZER = "batch.kubernetes.io/job-tracking";
    private static final int MAX_HOSTNAME = 63;

    private JobPods() {}

    static boolean isTracked(Pod pod) {
        return pod.getMetadata().getFinalizers() != null && pod.getMetadata().getFinalizers().contains(FINALIZER);
    }

    static Write untrack(Pod pod) {
        ObjectNode patch = Json.object();
        ArrayNode left = patch.putObject("metadata").put("uid", pod.getMetadata().getUid()).put("resourceVersion", pod.getMetadata().getResourceVersion()).putArray("finalizers");
        pod.getMetadata().getFinalizers().stream().filter(f -> !f.equals(FINALIZER)).forEach(left::add);
        return new Write.Patch(Pod.class, pod.getMetadata().getNamespace(), pod.getMetadata().getName(), "", PatchType.MERGE, patch);
    }

    /** When a finished pod ended: its last container, else the deletion, else the last change of its Ready condition. */
    static Instant ended(Pod pod, Instant now) {
        if (pod.getStatus() != null && pod.getStatus().getContainerStatuses() != null) {
            Instant last = pod.getStatus().getContainerStatuses().stream()
                    .filter(c -> c.getState() != null && c.getState().getTerminated() != null && c.getState().getTerminated().getFinishedAt() != null)
                    .map(c -> PodStates.time(c.getState().getTerminated().getFinishedAt())).max(Instant::compareTo).orElse(null);
            if (last != null) {
                return last;
            }
        }
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            long grace = pod.getMetadata().getDeletionGracePeriodSeconds() == null ? 0 : pod.getMetadata().getDeletionGracePeriodSeconds();
            return PodStates.time(pod.getMetadata().getDeletionTimestamp()).minusSeconds(grace);
        }
        return PodStates.condition(pod, "Ready").map(c -> PodStates.time(c.getLastTransitionTime())).orElse(now);
    }

    /** @param index completion index, null for jobs without @param failures earlier failures of the index, where the job limits them */
    static Write create(Job job, @Nullable Integer index, @Nullable Integer failures) {
        Pod pod = PodTemplates.podOf(job.getSpec().getTemplate(), job);
        PodBuilder builder = new PodBuilder(pod).editMetadata().addToFinalizers(FINALIZER).endMetadata();
        if (index != null) {
            String hostname = job.getMetadata().getName() + "-" + index;
            builder.editMetadata()
                    .addToAnnotations(JobIndexes.INDEX, index.toString())
                    .addToLabels(JobIndexes.INDEX, index.toString())
                    .withGenerateName(job.getMetadata().getName() + "-" + index + "-")
                    .endMetadata()
                    .editSpec()
                    .withHostname(hostname.length() > MAX_HOSTNAME ? null : hostname)
                    .withContainers(withIndex(pod.getSpec().getContainers()))
                    .withInitContainers(withIndex(pod.getSpec().getInitContainers()))
                    .endSpec();
            if (failures != null) {
                builder.editMetadata().addToAnnotations(JobIndexes.FAILURES, failures.toString()).endMetadata();
            }
        }
        return new Write.Create(builder.build(), false, new Write.Announcement(job, "SuccessfulCreate", "Created pod: %s", "FailedCreate", "Error creating: %s"));
    }

    private static List<Container> withIndex(@Nullable List<Container> containers) {
        return containers == null ? List.of() : containers.stream().map(c -> c.getEnv() != null && c.getEnv().stream().anyMatch(e -> e.getName().equals("JOB_COMPLETION_INDEX")) ? c
                : new ContainerBuilder(c).addNewEnv().withName("JOB_COMPLETION_INDEX").withNewValueFrom().withNewFieldRef()
                        .withFieldPath("metadata.labels['" + JobIndexes.INDEX + "']").endFieldRef().endValueFrom().endEnv().build()).toList();
    }
}
