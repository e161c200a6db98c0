package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.json.Fields;
import io.jakube.common.quantity.Quantity;
import io.jakube.common.status.ApiException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Refuses what would exceed a quota of the namespace and books what it lets pass in the quotas' status, by compare-and-swap, so that two
 * servers cannot both give away the rest. {@link QuotaRecount} corrects the books when objects go.
 */
final class ResourceQuotaAdmission implements AdmissionPlugin {
    static final GroupResource QUOTAS = GroupResource.core("resourcequotas");

    private static final Duration SETTLING = Duration.ofSeconds(2);

    private final ObjectStore store;
    private final Clock clock;
    private final Map<ObjectKey, Instant> charged = new ConcurrentHashMap<>();

    ResourceQuotaAdmission(ObjectStore store, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Whether something was booked so lately that the object may not be in the caches yet. */
    boolean justCharged(ObjectKey quota) {
        Instant settled = clock.instant().minus(SETTLING);
        charged.values().removeIf(at -> at.isBefore(settled));
        return charged.containsKey(quota);
    }

    @Override
    public String name() {
        return "ResourceQuota";
    }

    @Override
    public void validate(AdmissionRequest request) {
        ObjectNode object = request.object();
        boolean counts = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE && (request.subresource().isEmpty() || request.subresource().equals("resize"));
        if (object == null || !counts || request.namespace().isEmpty() || request.operation() == Operation.CREATE && !request.subresource().isEmpty()) {
            return;
        }
        List<ObjectNode> quotas = store.listCached(QUOTAS, request.namespace());
        if (quotas.isEmpty()) {
            return;
        }
        GroupResource resource = request.resource().groupResource();
        Map<String, Quantity> delta = delta(request, resource, object);
        for (ObjectNode quota : quotas) {
            if (QuotaUsage.inScope(quota, resource, object)) {
                charge(request, quota, delta, resource.equals(QuotaUsage.PODS));
            }
        }
    }

    private Map<String, Quantity> delta(AdmissionRequest request, GroupResource resource, ObjectNode object) {
        Instant now = clock.instant();
        Map<String, Quantity> delta = QuotaUsage.of(resource, object, now);
        ObjectNode old = request.oldObject();
        if (request.operation() == Operation.UPDATE && old != null) {
            PodAmounts.add(delta, QuotaUsage.of(resource, old, now).entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().negate())));
        }
        delta.values().removeIf(Quantity::isZero);
        return delta;
    }

    private void charge(AdmissionRequest request, ObjectNode quota, Map<String, Quantity> delta, boolean pod) {
        Set<String> limited = new TreeSet<>();
        quota.path("spec").path("hard").fieldNames().forEachRemaining(limited::add);
        String name = Fields.text(quota, "metadata", "name");
        ObjectNode object = request.object();
        if (pod && object != null && request.operation() == Operation.CREATE) {
            List<String> missing = QuotaUsage.unspecified(object, limited);
            if (!missing.isEmpty()) {
                throw Refuse.forbidden(request, "failed quota: " + name + ": must specify " + String.join("; ", missing));
            }
        }
        Map<String, Quantity> relevant = new TreeMap<>(delta);
        relevant.keySet().retainAll(limited);
        if (relevant.isEmpty()) {
            return;
        }
        check(request, quota, relevant);
        if (!request.dryRun()) {
            book(request, name, relevant);
        }
    }

    private void book(AdmissionRequest request, String name, Map<String, Quantity> relevant) {
        charged.put(new ObjectKey(request.namespace(), name), clock.instant());
        try {
            store.update(QUOTAS, request.namespace(), name, current -> {
                check(request, current, relevant);
                ObjectNode status = Fields.ensureObject(current, "status");
                status.set("hard", current.path("spec").path("hard").deepCopy());
                ObjectNode used = Fields.ensureObject(status, "used");
                relevant.forEach((resource, amount) -> used.put(resource, used(current, resource).add(amount).toString()));
                return current;
            });
        } catch (ApiException e) {
            if (!e.is("NotFound")) {
                throw e;
            }
        }
    }

    private static void check(AdmissionRequest request, ObjectNode quota, Map<String, Quantity> wanted) {
        Map<String, Quantity> requested = new TreeMap<>();
        Map<String, Quantity> used = new TreeMap<>();
        Map<String, Quantity> hard = new TreeMap<>();
        wanted.forEach((resource, amount) -> {
            Quantity limit = Quantity.parse(quota.path("spec").path("hard").path(resource).asText("0"));
            Quantity present = used(quota, resource);
            if (amount.signum() > 0 && present.add(amount).compareTo(limit) > 0) {
                requested.put(resource, amount);
                used.put(resource, present);
                hard.put(resource, limit);
            }
        });
        if (!requested.isEmpty()) {
            throw Refuse.forbidden(request, "exceeded quota: " + Fields.text(quota, "metadata", "name") + ", requested: " + text(requested) + ", used: " + text(used) + ", limited: " + text(hard));
        }
    }

    private static Quantity used(ObjectNode quota, String resource) {
        return Quantity.parse(quota.path("status").path("used").path(resource).asText("0"));
    }

    private static String text(Map<String, Quantity> amounts) {
        return amounts.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).collect(Collectors.joining(","));
    }
}
