package io.jakube.apiserver.streaming;

import io.jakube.apiserver.PluginContext;
import io.jakube.apiserver.Plugins;
import io.jakube.apiserver.authorization.AuthorizerChain;
import io.jakube.apiserver.streaming.command.CommandUpgrade;
import io.jakube.apiserver.streaming.forward.ForwardUpgrade;
import io.jakube.apiserver.streaming.logs.ContainerLogs;
import io.jakube.apiserver.streaming.logs.LogHandler;
import io.jakube.apiserver.streaming.logs.LogUpgrade;
import io.jakube.apiserver.streaming.node.Nodes;
import io.jakube.apiserver.streaming.proxy.ProxyHandler;
import io.jakube.apiserver.streaming.proxy.ProxyTargets;
import io.jakube.apiserver.streaming.proxy.ProxyUpgrade;
import java.util.Map;

/** Everything that goes through the API server to a node or a pod, put together. */
public final class Streaming {
    private static final Map<String, String> PROXIED = Map.of("pods", "PodProxyOptions", "services", "ServiceProxyOptions", "nodes", "NodeProxyOptions");

    private Streaming() {}

    /** Adds the handlers; the authorizers must have been added before. */
    public static void install(Plugins plugins, PluginContext context) {
        Nodes nodes = new Nodes(context.objects(), context.config().pkiDirectory());
        ContainerLogs logs = new ContainerLogs(context.objects(), nodes);
        ConnectGuard guard = new ConnectGuard(new AuthorizerChain(plugins.authorizers()), context.admission(), context.resources());
        plugins.subresource(new LogHandler(logs)).upgrade(new LogUpgrade(logs));
        plugins.subresource(new UpgradeRequired("exec")).subresource(new UpgradeRequired("attach")).upgrade(new CommandUpgrade(context.objects(), nodes, guard));
        plugins.subresource(new UpgradeRequired("portforward")).upgrade(new ForwardUpgrade(context.objects(), nodes, guard));
        ProxyTargets targets = new ProxyTargets(context.objects(), nodes);
        PROXIED.forEach((resource, options) -> plugins.subresource(new ProxyHandler(resource, options, targets, guard)));
        plugins.upgrade(new ProxyUpgrade(PROXIED, targets, guard));
    }
}
