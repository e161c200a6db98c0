package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.json.Fields;
import io.jakube.common.json.Json;
import io.jakube.common.quantity.Quantity;
import io.jakube.common.status.ApiException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what quotas limit and writes their status: after a quota changed, and once things calmed down after pods, services or claims did.
 * Costs nothing where no quota exists. One count at a time, on a virtual thread.
 */
final class QuotaRecount {
    private static final Logger LOG = LoggerFactory.getLogger(QuotaRecount.class);
    /** How long changes are gathered before a count, in milliseconds. */
    private static final long GATHER = 500;

    private final ObjectStore store;
    private final ResourceQuotaAdmission admission;
    private final Clock clock;
    private final AtomicBoolean pending = new AtomicBoolean();
    private final Object counting = new Object();
    /** Since when the quotas are as they are: another server may have booked what it has not stored yet. Used by one count at a time. */
    private volatile Map<ObjectKey, Seen> seen = Map.of();

    private record Seen(String version, Instant since) {}

    /** @param admission what it has just booked is not counted away */
    QuotaRecount(ObjectStore store, ResourceQuotaAdmission admission, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.admission = requireNonNull(admission, "admission is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Begins to follow changes. */
    void start() {
        for (GroupResource resource : List.of(ResourceQuotaAdmission.QUOTAS, QuotaUsage.PODS, QuotaUsage.SERVICES, QuotaUsage.CLAIMS)) {
            store.onChange(resource, this::trigger);
        }
        trigger();
    }

    private void trigger() {
        if (pending.compareAndSet(false, true)) {
            Thread.ofVirtual().name("quota-recount").start(() -> {
                try {
                    Thread.sleep(GATHER);
                    synchronized (counting) {
                        pending.set(false);
                        count();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    /** Counts all quotas now, but those something was booked in so lately that the object may not be stored and seen yet. */
    void count() {
        Map<ObjectKey, Seen> present = new HashMap<>();
        for (ObjectNode quota : store.listCached(ResourceQuotaAdmission.QUOTAS, "")) {
            ObjectKey key = new ObjectKey(Fields.text(quota, "metadata", "namespace"), Fields.text(quota, "metadata", "name"));
            Seen now = see(key, Fields.text(quota, "metadata", "resourceVersion"));
            present.put(key, now);
            boolean othersMayBook = quota.path("status").has("used") && now.since().plus(ResourceQuotaAdmission.SETTLING).isAfter(clock.instant());
            ObjectNode status = admission.justCharged(key) ? null : status(quota);
            if (status != null && status.equals(quota.path("status"))) {
                continue;
            }
            if (status == null || othersMayBook) {
                trigger();
            } else {
                write(quota, status);
            }
        }
        seen = Map.copyOf(present);
    }

    private Seen see(ObjectKey quota, String version) {
        Seen before = seen.get(quota);
        return before != null && before.version().equals(version) ? before : new Seen(version, clock.instant());
    }

    private ObjectNode status(ObjectNode quota) {
        String namespace = Fields.text(quota, "metadata", "namespace");
        Map<GroupResource, Map<String, Quantity>> totals = new HashMap<>();
        ObjectNode status = Json.object();
        JsonNode hard = quota.path("spec").path("hard");
        if (hard.isObject()) {
            status.set("hard", hard.deepCopy());
        }
        ObjectNode used = status.putObject("used");
        hard.fieldNames().forEachRemaining(name -> {
            Map<String, Quantity> total = totals.computeIfAbsent(QuotaUsage.counted(name), resource -> total(quota, resource, namespace));
            used.put(name, total.getOrDefault(name, Quantity.ZERO).toString());
        });
        return status;
    }

    private Map<String, Quantity> total(ObjectNode quota, GroupResource resource, String namespace) {
        Map<String, Quantity> total = new TreeMap<>();
        for (ObjectNode object : store.listCached(resource, namespace)) {
            if (QuotaUsage.inScope(quota, resource, object)) {
                PodAmounts.add(total, QuotaUsage.of(resource, object, clock.instant()));
            }
        }
        return total;
    }

    private void write(ObjectNode quota, ObjectNode status) {
        try {
            store.update(ResourceQuotaAdmission.QUOTAS, Fields.text(quota, "metadata", "namespace"), Fields.text(quota, "metadata", "name"), current -> {
                if (Fields.text(current, "metadata", "resourceVersion").equals(Fields.text(quota, "metadata", "resourceVersion"))) {
                    current.set("status", status);
                } else {
                    trigger();
                }
                return current;
            });
        } catch (ApiException e) {
            LOG.debug("quota {} was not counted: {}", Fields.text(quota, "metadata", "name"), e.getMessage());
        }
    }
}
