package io.jakube.controller.namespace;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.NamespaceConditionBuilder;
import io.jakube.controller.pods.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The conditions of a namespace that is being deleted: what it still waits for. Pure. */
final class NamespaceConditions {
    private NamespaceConditions() {}

    /** The namespace with conditions for an outcome; equal to the given one where they say so already. */
    static Namespace describe(Namespace namespace, NamespaceContent.Outcome outcome, Instant now) {
        return apply(namespace, now, List.of(
                condition("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"),
                condition("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed"),
                outcome.failures().isEmpty()
                        ? condition("NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization")
                        : condition("NamespaceDeletionContentFailure", true, "ContentDeletionFailed", "Failed to delete all resource types, " + outcome.failures().size() + " remaining: "
                                + String.join(", ", outcome.failures())),
                outcome.remaining().isEmpty()
                        ? condition("NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed")
                        : condition("NamespaceContentRemaining", true, "SomeResourcesRemain", "Some resources are remaining: " + join(outcome.remaining(), " has ")),
                outcome.finalizers().isEmpty()
                        ? condition("NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished")
                        : condition("NamespaceFinalizersRemaining", true, "SomeFinalizersRemain", "Some content in the namespace has finalizers remaining: " + join(outcome.finalizers(), " in "))));
    }

    /** The namespace with the condition that it is not known what there is to delete. */
    static Namespace undiscovered(Namespace namespace, String message, Instant now) {
        return apply(namespace, now, List.of(condition("NamespaceDeletionDiscoveryFailure", true, "DiscoveryFailed", "Discovery failed for some groups: " + message)));
    }

    private static String join(Map<String, Integer> counts, String between) {
        return counts.entrySet().stream().map(e -> e.getKey() + between + e.getValue() + " resource instances").collect(Collectors.joining(", "));
    }

    private static NamespaceCondition condition(String type, boolean status, String reason, String message) {
        return new NamespaceConditionBuilder().withType(type).withStatus(status ? "True" : "False").withReason(reason).withMessage(message).build();
    }

    private static Namespace apply(Namespace namespace, Instant now, List<NamespaceCondition> wanted) {
        List<NamespaceCondition> before = namespace.getStatus() == null ? List.of() : namespace.getStatus().getConditions();
        List<NamespaceCondition> after = new ArrayList<>(before);
        for (NamespaceCondition condition : wanted) {
            NamespaceCondition old = before.stream().filter(c -> c.getType().equals(condition.getType())).findFirst().orElse(null);
            condition.setLastTransitionTime(old != null && old.getStatus().equals(condition.getStatus()) ? old.getLastTransitionTime() : Times.format(now));
            after.removeIf(c -> c.getType().equals(condition.getType()));
            after.add(condition);
        }
        return new NamespaceBuilder(namespace).editOrNewStatus().withPhase("Terminating").withConditions(after).endStatus().build();
    }
}
