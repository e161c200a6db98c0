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
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses what would exceed a quota of the namespace and books what it lets pass in the quotas' status, by compare-and-swap, so that two
 * servers cannot both give away the rest. What is not stored after all is taken off the books again. {@link QuotaRecount} corrects the books when objects go;
 * it leaves a quota alone from before something is booked until the object can be counted on.
 */
final class ResourceQuotaAdmission implements AdmissionPlugin {
    static final GroupResource QUOTAS = GroupResource.core("resourcequotas");

    private static final Logger LOG = LoggerFactory.getLogger(ResourceQuotaAdmission.class);
    static final Duration SETTLING = Duration.ofSeconds(2);

    private final ObjectStore store;
    private final Clock clock;
    /** Of requests that are not finished. */
    private final Map<AdmissionRequest, List<Booking>> bookings = Collections.synchronizedMap(new IdentityHashMap<>());
    private final Map<ObjectKey, Integer> open = new ConcurrentHashMap<>();
    private final Map<ObjectKey, Instant> charged = new ConcurrentHashMap<>();

    private record Booking(String quota, Map<String, Quantity> amounts) {}

    ResourceQuotaAdmission(ObjectStore store, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Whether something is being booked, or was so lately that the object may not be in the caches yet. */
    boolean justCharged(ObjectKey quota) {
        Instant settled = clock.instant().minus(SETTLING);
        charged.values().removeIf(at -> at.isBefore(settled));
        return open.containsKey(quota) || charged.containsKey(quota);
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
        if (request.dryRun()) {
            check(request, quota, relevant);
        } else {
            book(request, name, relevant);
        }
    }

    private void book(AdmissionRequest request, String name, Map<String, Quantity> relevant) {
        ObjectKey key = new ObjectKey(request.namespace(), name);
        open.merge(key, 1, Integer::sum);
        boolean booked = false;
        try {
            change(key, current -> {
                check(request, current, relevant);
                add(current, relevant);
            });
            booked = true;
        } finally {
            if (booked) {
                bookings.computeIfAbsent(request, r -> new ArrayList<>()).add(new Booking(name, relevant));
            } else {
                close(key);
            }
        }
    }

    @Override
    public void finished(AdmissionRequest request, boolean stored) {
        List<Booking> booked = bookings.remove(request);
        if (booked == null) {
            return;
        }
        for (Booking booking : booked) {
            ObjectKey key = new ObjectKey(request.namespace(), booking.quota());
            if (stored) {
                charged.put(key, clock.instant());
            } else {
                giveBack(key, booking.amounts());
            }
            close(key);
        }
    }

    private void giveBack(ObjectKey quota, Map<String, Quantity> amounts) {
        try {
            change(quota, current -> add(current, amounts.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().negate()))));
        } catch (ApiException e) {
            LOG.debug("what was booked in quota {} stays booked until it is counted anew: {}", quota, e.getMessage());
        }
    }

    private void close(ObjectKey quota) {
        open.computeIfPresent(quota, (q, count) -> count == 1 ? null : count - 1);
    }

    private void change(ObjectKey quota, Consumer<ObjectNode> change) {
        try {
            store.update(QUOTAS, quota.namespace(), quota.name(), current -> {
                change.accept(current);
                return current;
            });
        } catch (ApiException e) {
            if (!e.is("NotFound")) {
                throw e;
            }
        }
    }

    private static void add(ObjectNode quota, Map<String, Quantity> amounts) {
        ObjectNode status = Fields.ensureObject(quota, "status");
        status.set("hard", quota.path("spec").path("hard").deepCopy());
        ObjectNode used = Fields.ensureObject(status, "used");
        amounts.forEach((resource, amount) -> {
            Quantity sum = used(quota, resource).add(amount);
            used.put(resource, (sum.signum() < 0 ? Quantity.ZERO : sum).toString());
        });
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
