package io.jakube.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.common.json.Fields;

/** Lets pods stay five minutes on a node that is not ready or unreachable, unless they say otherwise. */
final class DefaultTolerationSeconds implements AdmissionPlugin {
    private static final int SECONDS = 300;
    private static final String[] TAINTS = {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"};

    @Override
    public String name() {
        return "DefaultTolerationSeconds";
    }

    @Override
    public void mutate(AdmissionRequest request) {
        ObjectNode pod = request.object();
        if (pod == null || !request.isFor("", "pods") || request.operation() != Operation.CREATE && request.operation() != Operation.UPDATE) {
            return;
        }
        ObjectNode spec = Fields.ensureObject(pod, "spec");
        boolean[] tolerated = new boolean[TAINTS.length];
        for (ObjectNode toleration : Fields.items(spec, "tolerations")) {
            String key = Fields.text(toleration, "key");
            String effect = Fields.text(toleration, "effect");
            for (int i = 0; i < TAINTS.length; i++) {
                tolerated[i] |= (key.isEmpty() || key.equals(TAINTS[i])) && (effect.isEmpty() || effect.equals("NoExecute"));
            }
        }
        for (int i = 0; i < TAINTS.length; i++) {
            if (!tolerated[i]) {
                Fields.ensureArray(spec, "tolerations").addObject().put("key", TAINTS[i]).put("operator", "Exists").put("effect", "NoExecute").put("tolerationSeconds", SECONDS);
            }
        }
    }
}
