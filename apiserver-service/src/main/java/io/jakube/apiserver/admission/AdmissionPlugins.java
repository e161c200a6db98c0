package io.jakube.apiserver.admission;

import io.jakube.apiserver.authorization.Authorizer;
import io.jakube.apiserver.registry.ObjectStore;
import java.time.Clock;
import java.util.List;

/** The built-in plugins, put together. */
public final class AdmissionPlugins {
    private final List<AdmissionPlugin> chain;
    private final QuotaRecount recount;

    private AdmissionPlugins(ObjectStore store, Authorizer authorizer, Clock clock) {
        ResourceQuotaAdmission quotas = new ResourceQuotaAdmission(store, clock);
        this.recount = new QuotaRecount(store, quotas, clock);
        this.chain = List.of(
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
                quotas);
    }

    public static AdmissionPlugins create(ObjectStore store, Authorizer authorizer, Clock clock) {
        return new AdmissionPlugins(store, authorizer, clock);
    }

    /** In upstream's order; later ones see what earlier ones changed. */
    public List<AdmissionPlugin> chain() {
        return chain;
    }

    /** Begins background work: counting what quotas limit. */
    public void start() {
        recount.start();
    }
}
