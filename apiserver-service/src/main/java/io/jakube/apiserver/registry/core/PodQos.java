package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.quantity.Quantity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The quality-of-service class of a pod (API reference, "Pod Quality of Service Classes"; KEP-2837 for pod-level resources). */
final class PodQos {
    private static final List<String> COMPUTE = List.of("cpu", "memory");

    private PodQos() {}

    static String of(ObjectNode spec) {
        ObjectNode podLevel = object(spec, "resources");
        List<@Nullable ObjectNode> all = new ArrayList<>();
        if (podLevel != null && asksAnything(podLevel)) {
            all.add(podLevel);
        } else {
            items(spec, "containers").forEach(container -> all.add(object(container, "resources")));
            items(spec, "initContainers").forEach(container -> all.add(object(container, "resources")));
        }
        if (all.stream().noneMatch(PodQos::asksAnything)) {
            return "BestEffort";
        }
        return all.stream().allMatch(PodQos::guaranteed) ? "Guaranteed" : "Burstable";
    }

    private static boolean asksAnything(@Nullable ObjectNode resources) {
        return COMPUTE.stream().anyMatch(name -> amount(resources, "requests", name).signum() > 0 || amount(resources, "limits", name).signum() > 0);
    }

    private static boolean guaranteed(@Nullable ObjectNode resources) {
        return COMPUTE.stream().allMatch(name -> {
            Quantity limit = amount(resources, "limits", name);
            Quantity request = amount(resources, "requests", name);
            return limit.signum() > 0 && (request.signum() == 0 || request.compareTo(limit) == 0);
        });
    }

    private static Quantity amount(@Nullable ObjectNode resources, String kind, String name) {
        ObjectNode amounts = object(resources, kind);
        if (amounts == null || !amounts.hasNonNull(name)) {
            return Quantity.ZERO;
        }
        try {
            return Quantity.parse(amounts.get(name).asText());
        } catch (IllegalArgumentException e) {
            return Quantity.ZERO;
        }
    }
}
