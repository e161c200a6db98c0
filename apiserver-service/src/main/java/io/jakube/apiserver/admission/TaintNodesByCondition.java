package io.jakube.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.common.json.Fields;

/** Keeps pods off new nodes until the node lifecycle controller has seen them ready. */
final class TaintNodesByCondition implements AdmissionPlugin {
    private static final String NOT_READY = "node.kubernetes.io/not-ready";

    @Override
    public String name() {
        return "TaintNodesByCondition";
    }

    @Override
    public void mutate(AdmissionRequest request) {
        ObjectNode node = request.object();
        if (node == null || request.operation() != Operation.CREATE || !request.isFor("", "nodes")) {
            return;
        }
        ObjectNode spec = Fields.ensureObject(node, "spec");
        boolean tainted = Fields.items(spec, "taints").stream().anyMatch(taint -> Fields.text(taint, "key").equals(NOT_READY) && Fields.text(taint, "effect").equals("NoSchedule"));
        if (!tainted) {
            Fields.ensureArray(spec, "taints").addObject().put("key", NOT_READY).put("effect", "NoSchedule");
        }
    }
}
