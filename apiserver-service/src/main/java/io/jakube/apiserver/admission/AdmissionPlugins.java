package io.jakube.apiserver.admission;

import io.jakube.apiserver.authorization.Authorizer;
import io.jakube.apiserver.registry.ObjectStore;
import java.time.Clock;
import java.util.List;

/** The built-in plugins. */
public final class AdmissionPlugins {
    private AdmissionPlugins() {}

    /** In upstream's order; later ones see what earlier ones changed. */
    public static List<AdmissionPlugin> all(ObjectStore store, Authorizer authorizer, Clock clock) {
        return List.of(
                new NamespaceLifecycle(store, clock),
                new LimitRanger(store),
                new ServiceAccountAdmission(store),
                new NodeRestriction(store),
                new TaintNodesByCondition(),
                new PodSecurity(store),
                new Priority(store),
                new DefaultTolerationSeconds(),
                new StorageAdmission.DefaultStorageClass(store),
                new StorageAdmission.PersistentVolumeClaimResize(store),
                new RuntimeClass(store),
                CertificateAdmission.SignerRight.approval(authorizer),
                CertificateAdmission.SignerRight.signing(authorizer),
                new CertificateAdmission.SubjectRestriction(),
                new DefaultIngressClass(store),
                new ResourceQuotaAdmission(store));
    }
}
