package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;

/**
 * A pod's tolerations (API reference, core/v1 Toleration).
 *
 * @param tolerations in the pod's order
 */
record Tolerations(List<Toleration> tolerations) {
    static Tolerations of(Pod pod) {
        return new Tolerations(pod.getSpec().getTolerations() == null ? List.of() : pod.getSpec().getTolerations());
    }

    boolean tolerate(Taint taint) {
        return tolerations.stream().anyMatch(toleration -> matches(toleration, taint));
    }

    private static boolean matches(Toleration toleration, Taint taint) {
        String effect = toleration.getEffect();
        if (effect != null && !effect.isEmpty() && !effect.equals(taint.getEffect())) {
            return false;
        }
        String key = toleration.getKey();
        if (key != null && !key.isEmpty() && !key.equals(taint.getKey())) {
            return false;
        }
        String operator = toleration.getOperator() == null || toleration.getOperator().isEmpty() ? "Equal" : toleration.getOperator();
        String wanted = toleration.getValue() == null ? "" : toleration.getValue();
        String value = taint.getValue() == null ? "" : taint.getValue();
        return switch (operator) {
            case "Exists" -> true;
            case "Equal" -> key != null && !key.isEmpty() && wanted.equals(value);
            case "Gt" -> compare(value, wanted) > 0;
            case "Lt" -> compare(value, wanted) < 0;
            default -> false;
        };
    }

    private static int compare(String value, String wanted) {
        try {
            return Long.compare(Long.parseLong(value), Long.parseLong(wanted));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
