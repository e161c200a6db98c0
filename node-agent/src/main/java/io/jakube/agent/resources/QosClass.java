package io.jakube.agent.resources;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Quality-of-service class of a pod ("Pod Quality of Service Classes" of the Kubernetes documentation). */
public enum QosClass {
    GUARANTEED("Guaranteed"),
    BURSTABLE("Burstable"),
    BEST_EFFORT("BestEffort");

    private final String text;

    QosClass(String text) {
        this.text = text;
    }

    /** As in {@code status.qosClass}. */
    public String text() {
        return text;
    }

    public static QosClass of(PodSpec spec) {
        boolean any = false;
        boolean guaranteed = true;
        if (isSet(spec.getResources())) {
            return isGuaranteed(spec.getResources()) ? GUARANTEED : BURSTABLE;
        }
        for (Container container : (Iterable<Container>) containers(spec)::iterator) {
            ResourceRequirements resources = container.getResources();
            any |= isSet(resources);
            guaranteed &= isGuaranteed(resources);
        }
        return !any ? BEST_EFFORT : guaranteed ? GUARANTEED : BURSTABLE;
    }

    private static Stream<Container> containers(PodSpec spec) {
        return Stream.concat(
                spec.getContainers().stream(), (spec.getInitContainers() == null ? List.<Container>of() : spec.getInitContainers()).stream());
    }

    private static boolean isSet(@Nullable ResourceRequirements resources) {
        return resources != null
                && Stream.of("cpu", "memory").anyMatch(name ->
                        positive(Amounts.of(resources.getRequests(), name)) || positive(Amounts.of(resources.getLimits(), name)));
    }

    private static boolean isGuaranteed(@Nullable ResourceRequirements resources) {
        return resources != null && Stream.of("cpu", "memory").allMatch(name -> {
            Quantity limit = Amounts.of(resources.getLimits(), name);
            Quantity request = Amounts.of(resources.getRequests(), name);
            return positive(limit) && (request == null || request.getNumericalAmount().compareTo(limit.getNumericalAmount()) == 0);
        });
    }

    private static boolean positive(@Nullable Quantity quantity) {
        return quantity != null && quantity.getNumericalAmount().signum() > 0;
    }
}
