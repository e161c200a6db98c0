package io.jakube.apiserver.table;

import io.jakube.common.api.GroupResource;
import java.util.HashMap;
import java.util.Map;

/** The tables of all built-in types that have one of their own. */
public final class Printers {
    private Printers() {}

    /** Printers by resource; unmodifiable. */
    public static Map<GroupResource, TablePrinter> all() {
        Map<GroupResource, TablePrinter> printers = new HashMap<>();
        CorePrinters.register(printers);
        WorkloadPrinters.register(printers);
        ClusterPrinters.register(printers);
        printers.put(new GroupResource("events.k8s.io", "events"), printers.get(GroupResource.core("events")));
        return Map.copyOf(printers);
    }
}
