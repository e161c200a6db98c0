package io.jakube.apiserver.authorization;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.admission.AdmissionPlugin;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.registry.PostHandler.Posting;
import io.jakube.apiserver.registry.SubresourceHandler;
import java.util.List;

/** The server's authorization, put together: superusers, then the node authorizer, then RBAC. */
public final class Authorization {
    private final RbacAuthorizer rbac;
    private final Authorizer authorizer;
    private final RoleAggregation aggregation;

    private Authorization(ObjectStore store, List<PolicyRule> nodeRules) {
        this.rbac = new RbacAuthorizer(store);
        this.authorizer = new AuthorizerChain(List.of(new NodeAuthorizer(store, nodeRules), rbac));
        this.aggregation = new RoleAggregation(store);
    }

    /** @param nodeRules of the role {@code system:node} */
    public static Authorization create(ObjectStore store, List<PolicyRule> nodeRules) {
        return new Authorization(requireNonNull(store, "store is null"), requireNonNull(nodeRules, "nodeRules is null"));
    }

    /** Decides requests. Turn a refusal into an answer with {@link Refusal#forbidden}. */
    public Authorizer authorizer() {
        return authorizer;
    }

    /** Refuses roles and bindings that give more than their writer has; comes last in validating admission. */
    public AdmissionPlugin escalationCheck() {
        return new RbacEscalation(rbac, authorizer);
    }

    /** Begins background work: the aggregation of ClusterRoles. Call when the store serves reads. */
    public void start() {
        aggregation.start();
    }

    /** The access reviews. */
    public List<SubresourceHandler> handlers(Posting posting) {
        return List.of(
                new AccessReviewHandler(AccessReviewHandler.Form.SUBJECT, authorizer, posting),
                new AccessReviewHandler(AccessReviewHandler.Form.LOCAL, authorizer, posting),
                new AccessReviewHandler(AccessReviewHandler.Form.SELF, authorizer, posting),
                new RulesReviewHandler(rbac, posting));
    }
}
