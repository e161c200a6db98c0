package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.authorization.PodReferences;
import io.jakube.apiserver.registry.ObjectNames;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives pods their service account: the default one, the projected volume with its token, the cluster's certificate and the namespace, and
 * the account's image pull secrets (Kubernetes documentation, "Managing Service Accounts").
 */
final class ServiceAccountAdmission implements AdmissionPlugin {
    static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

    private static final String VOLUME = "kube-api-access";
    private static final String DEFAULT = "default";
    private static final GroupResource ACCOUNTS = GroupResource.core("serviceaccounts");
    /** A token for one hour; the seven seconds tell the token request that nobody asked for an hour. */
    private static final int TOKEN_SECONDS = 3607;
    /** The controller makes the default account soon after its namespace: how often, and how far apart in milliseconds, to look for it. */
    private static final int DEFAULT_ATTEMPTS = 30;
    private static final long DEFAULT_PAUSE = 50;

    private final ObjectStore store;

    ServiceAccountAdmission(ObjectStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    @Override
    public String name() {
        return "ServiceAccount";
    }

    @Override
    public void mutate(AdmissionRequest request) {
        ObjectNode pod = request.object();
        if (request.operation() != Operation.CREATE || !request.isFor("", "pods") || pod == null) {
            return;
        }
        ObjectNode spec = Fields.ensureObject(pod, "spec");
        if (pod.path("metadata").path("annotations").has("kubernetes.io/config.mirror")) {
            checkMirror(request, pod, spec);
            return;
        }
        Fields.defaultText(spec, "serviceAccountName", DEFAULT);
        String name = Fields.text(spec, "serviceAccountName");
        spec.put("serviceAccount", name);
        ObjectNode account = find(request.namespace(), name).orElseThrow(() -> Refuse.forbidden(request,
                "error looking up service account " + request.namespace() + "/" + name + ": serviceaccount \"" + name + "\" not found"));
        if (Fields.text(Fields.object(account, "metadata", "annotations"), "kubernetes.io/enforce-mountable-secrets").equals("true")) {
            checkSecrets(request, account, spec);
        }
        if (automount(account, spec)) {
            mount(spec);
        }
        if (Fields.empty(spec, "imagePullSecrets") && !Fields.empty(account, "imagePullSecrets")) {
            Fields.copy(account, spec, "imagePullSecrets");
        }
    }

    private Optional<ObjectNode> find(String namespace, String name) {
        Optional<ObjectNode> account = store.getCached(ACCOUNTS, namespace, name).or(() -> store.get(ACCOUNTS, namespace, name));
        for (int attempt = 1; account.isEmpty() && name.equals(DEFAULT) && attempt < DEFAULT_ATTEMPTS; attempt++) {
            try {
                Thread.sleep(DEFAULT_PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
            account = store.get(ACCOUNTS, namespace, name);
        }
        return account;
    }

    private static void checkMirror(AdmissionRequest request, ObjectNode pod, ObjectNode spec) {
        if (!Fields.text(spec, "serviceAccountName").isEmpty()) {
            throw Refuse.forbidden(request, "a mirror pod may not reference service accounts");
        }
        List<String> secrets = new ArrayList<>();
        PodReferences.secrets(pod, secrets::add);
        if (!secrets.isEmpty()) {
            throw Refuse.forbidden(request, "a mirror pod may not reference secrets");
        }
        for (JsonNode volume : spec.path("volumes")) {
            for (JsonNode source : volume.path("projected").path("sources")) {
                if (source.has("serviceAccountToken")) {
                    throw Refuse.forbidden(request, "a mirror pod may not use ServiceAccountToken volume projections");
                }
            }
        }
    }

    private static void checkSecrets(AdmissionRequest request, ObjectNode account, ObjectNode spec) {
        String name = Fields.text(account, "metadata", "name");
        List<String> mountable = names(account.path("secrets"));
        for (ObjectNode volume : Fields.items(spec, "volumes")) {
            String secret = Fields.text(Fields.object(volume, "secret"), "secretName");
            if (!secret.isEmpty() && !mountable.contains(secret)) {
                throw Refuse.forbidden(request, "volume with secret.secretName=\"" + secret + "\" is not allowed because service account " + name + " does not reference that secret");
            }
        }
        for (String kind : new String[] {"initContainers", "containers"}) {
            for (ObjectNode container : Fields.items(spec, kind)) {
                for (ObjectNode env : Fields.items(container, "env")) {
                    String secret = Fields.text(Fields.object(env, "valueFrom", "secretKeyRef"), "name");
                    if (!secret.isEmpty() && !mountable.contains(secret)) {
                        throw Refuse.forbidden(request, "%s %s with envVar %s referencing secret.secretName=\"%s\" is not allowed because service account %s does not reference that secret".formatted(
                                kind.equals("containers") ? "container" : "init container", Fields.text(container, "name"), Fields.text(env, "name"), secret, name));
                    }
                }
            }
        }
        List<String> pullable = names(account.path("imagePullSecrets"));
        List<String> wanted = names(spec.path("imagePullSecrets"));
        for (int i = 0; i < wanted.size(); i++) {
            if (!pullable.contains(wanted.get(i))) {
                throw Refuse.forbidden(request, "imagePullSecrets[%d].name=\"%s\" is not allowed because service account %s does not reference that imagePullSecret".formatted(i, wanted.get(i), name));
            }
        }
    }

    private static List<String> names(JsonNode references) {
        List<String> names = new ArrayList<>(references.size());
        references.forEach(reference -> names.add(Fields.text(reference, "name")));
        return names;
    }

    private static boolean automount(ObjectNode account, ObjectNode spec) {
        if (Fields.has(spec, "automountServiceAccountToken")) {
            return Fields.flag(spec, "automountServiceAccountToken");
        }
        return !Fields.has(account, "automountServiceAccountToken") || Fields.flag(account, "automountServiceAccountToken");
    }

    private static void mount(ObjectNode spec) {
        Optional<String> present = Fields.items(spec, "volumes").stream().map(volume -> Fields.text(volume, "name")).filter(name -> name.startsWith(VOLUME + "-")).findFirst();
        String volume = present.orElseGet(ServiceAccountAdmission::volumeName);
        boolean used = false;
        for (String kind : new String[] {"initContainers", "containers"}) {
            for (ObjectNode container : Fields.items(spec, kind)) {
                boolean mounted = Fields.items(container, "volumeMounts").stream().anyMatch(mount -> Fields.text(mount, "mountPath").equals(MOUNT_PATH));
                if (!mounted) {
                    Fields.ensureArray(container, "volumeMounts").addObject().put("name", volume).put("readOnly", true).put("mountPath", MOUNT_PATH);
                    used = true;
                }
            }
        }
        if (used && present.isEmpty()) {
            project(Fields.ensureArray(spec, "volumes").addObject().put("name", volume).putObject("projected").putArray("sources"));
        }
    }

    private static void project(ArrayNode sources) {
        sources.addObject().putObject("serviceAccountToken").put("expirationSeconds", TOKEN_SECONDS).put("path", "token");
        sources.addObject().putObject("configMap").put("name", "kube-root-ca.crt").putArray("items").addObject().put("key", "ca.crt").put("path", "ca.crt");
        sources.addObject().putObject("downwardAPI").putArray("items").addObject().put("path", "namespace").putObject("fieldRef").put("apiVersion", "v1").put("fieldPath", "metadata.namespace");
    }

    private static String volumeName() {
        return VOLUME + "-" + ObjectNames.suffix();
    }
}
