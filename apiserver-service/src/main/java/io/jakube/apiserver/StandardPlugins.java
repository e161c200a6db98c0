package io.jakube.apiserver;

import io.jakube.apiserver.defaulting.Defaulting;
import io.jakube.apiserver.registry.catalog.Strategies;
import io.jakube.apiserver.registry.core.allocation.ServiceNetwork;

/** The product's list of plugins, in the order they are asked. Adding a part to the server means adding its line here. */
public final class StandardPlugins {
    private StandardPlugins() {}

    public static Plugins create(PluginContext context) {
        Plugins plugins = new Plugins();
        types(plugins, context);
        return plugins;
    }

    private static void types(Plugins plugins, PluginContext context) {
        ServiceNetwork network = ServiceNetwork.parse(context.config().serviceCidr(), context.config().nodePortRange());
        Strategies strategies = Strategies.create(context.objects(), context.store(), network, context.clock());
        plugins.defaulters(Defaulting.all())
                .strategies(strategies.all())
                .bootstrap(strategies.repair());
    }
}
