package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultInteger;
import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** {@code autoscaling/v1} and {@code v2}. */
final class AutoscalingDefaults {
    private static final List<String> METRIC_SOURCES = List.of("resource", "containerResource", "pods", "object", "external");

    private AutoscalingDefaults() {}

    static void v1(ObjectNode autoscaler) {
        defaultInteger(ensureObject(autoscaler, "spec"), "minReplicas", 1);
    }

    static void v2(ObjectNode autoscaler) {
        ObjectNode spec = ensureObject(autoscaler, "spec");
        defaultInteger(spec, "minReplicas", 1);
        if (empty(spec, "metrics")) {
            ObjectNode metric = spec.putArray("metrics").addObject().put("type", "Resource");
            metric.putObject("resource").put("name", "cpu").putObject("target").put("type", "Utilization").put("averageUtilization", 80);
        }
        for (ObjectNode metric : items(spec, "metrics")) {
            for (String source : METRIC_SOURCES) {
                ObjectNode target = object(metric, source, "target");
                Quantities.canonical(target, "value");
                Quantities.canonical(target, "averageValue");
            }
        }
        ObjectNode behavior = object(spec, "behavior");
        if (behavior != null) {
            ObjectNode up = ensureObject(behavior, "scaleUp");
            defaultInteger(up, "stabilizationWindowSeconds", 0);
            rules(up, true);
            rules(ensureObject(behavior, "scaleDown"), false);
        }
    }

    private static void rules(ObjectNode rules, boolean up) {
        defaultText(rules, "selectPolicy", "Max");
        if (!has(rules, "policies")) {
            ArrayNode policies = rules.putArray("policies");
            if (up) {
                policies.addObject().put("type", "Pods").put("value", 4).put("periodSeconds", 15);
            }
            policies.addObject().put("type", "Percent").put("value", 100).put("periodSeconds", 15);
        }
        Quantities.canonical(rules, "tolerance");
    }
}
