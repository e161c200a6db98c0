package io.jakube.apiserver.authorization;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Role-based access control over the roles and bindings in the store (Kubernetes documentation, "Using RBAC Authorization").
 *
 * <p>Thread-safe. Requests read an immutable {@link RbacRules}. A change marks it stale; the next request rebuilds it while others that come
 * meanwhile use the old one, so that a burst of changes costs one rebuild per request at most and no request waits for another's.
 */
public final class RbacAuthorizer implements Authorizer {
    private record Built(long change, RbacRules rules) {}

    private static final Decision NO_OPINION = new Decision(Verdict.NO_OPINION, "");

    private final ObjectStore store;
    private final AtomicLong changes = new AtomicLong();
    private final ReentrantLock building = new ReentrantLock();
    private volatile @Nullable Built built;

    public RbacAuthorizer(ObjectStore store) {
        this.store = requireNonNull(store, "store is null");
        RbacResources.ALL.forEach(resource -> store.onChange(resource, changes::incrementAndGet));
    }

    @Override
    public Decision authorize(UserInfo user, RequestInfo info) {
        Search search = new Search(info);
        current().visit(user, info.resourceRequest() ? info.namespace() : "", search::goOn);
        return search.decision();
    }

    /** Everything the user may do, cluster-wide and in the namespace. */
    Resolved resolve(UserInfo user, String namespace) {
        List<PolicyRule> rules = new ArrayList<>();
        Set<String> problems = new LinkedHashSet<>();
        current().visit(user, namespace, grant -> {
            rules.addAll(grant.rules());
            if (grant.problem() != null) {
                problems.add(grant.problem());
            }
            return true;
        });
        return new Resolved(rules, List.copyOf(problems));
    }

    /** The rules of a role, or null if there is no such role. */
    @Nullable List<PolicyRule> roleRules(String roleKind, String roleName, String namespace) {
        return current().rules(roleKind, roleName, namespace);
    }

    /**
     * @param rules in order of the bindings
     * @param problems bindings whose role is missing
     */
    record Resolved(List<PolicyRule> rules, List<String> problems) {}

    private RbacRules current() {
        Built now = built;
        if (now != null && now.change() == changes.get()) {
            return now.rules();
        }
        if (now == null) {
            building.lock();
        } else if (!building.tryLock()) {
            return now.rules();
        }
        try {
            now = built;
            long change = changes.get();
            if (now == null || now.change() != change) {
                now = new Built(change, new RbacRules(
                        store.listCached(RbacResources.CLUSTER_ROLES, ""),
                        store.listCached(RbacResources.CLUSTER_ROLE_BINDINGS, ""),
                        store.listCached(RbacResources.ROLES, ""),
                        store.listCached(RbacResources.ROLE_BINDINGS, "")));
                built = now;
            }
            return now.rules();
        } finally {
            building.unlock();
        }
    }

    private static final class Search {
        private final RequestInfo info;
        private @Nullable Decision found;
        private @Nullable Set<String> problems;

        Search(RequestInfo info) {
            this.info = info;
        }

        boolean goOn(RbacRules.Grant grant) {
            for (PolicyRule rule : grant.rules()) {
                if (rule.allows(info)) {
                    found = new Decision(Verdict.ALLOW, "RBAC: allowed by " + grant.binding());
                    return false;
                }
            }
            if (grant.problem() != null) {
                if (problems == null) {
                    problems = new LinkedHashSet<>();
                }
                problems.add(grant.problem());
            }
            return true;
        }

        Decision decision() {
            if (found != null) {
                return found;
            }
            return problems == null ? NO_OPINION : new Decision(Verdict.NO_OPINION, "RBAC: " + aggregate(problems));
        }
    }

    /** Several errors in one text, as upstream joins them. */
    static String aggregate(Set<String> errors) {
        return errors.size() == 1 ? errors.iterator().next() : "[" + String.join(", ", errors) + "]";
    }
}
