package io.jakube.apiserver;

import io.jakube.apiserver.admission.AdmissionPlugins;
import io.jakube.apiserver.authentication.Authentication;
import io.jakube.apiserver.authentication.HeaderImpersonation;
import io.jakube.apiserver.authentication.ServiceAccountKeys;
import io.jakube.apiserver.authorization.Authorization;
import io.jakube.apiserver.bootstrap.Bootstrap;
import io.jakube.apiserver.bootstrap.ClusterSettings;
import io.jakube.apiserver.bootstrap.DefaultPolicy;
import io.jakube.apiserver.bootstrap.KubernetesService;
import io.jakube.apiserver.defaulting.Defaulting;
import io.jakube.apiserver.discovery.DiscoveryHandler;
import io.jakube.apiserver.discovery.VersionHandler;
import io.jakube.apiserver.openapi.OpenApiHandler;
import io.jakube.apiserver.registry.PostHandler.Posting;
import io.jakube.apiserver.registry.catalog.Strategies;
import io.jakube.apiserver.registry.catalog.Subresources;
import io.jakube.apiserver.registry.core.allocation.ServiceNetwork;
import io.jakube.apiserver.streaming.Streaming;
import io.jakube.apiserver.table.Printers;
import io.jakube.common.api.BuiltinConversions;
import io.jakube.common.merge.StandardPatches;
import io.jakube.common.merge.StructuredFieldManagement;
import io.jakube.common.schema.BuiltinSchemas;

/** The product's list of plugins, in the order they are asked. Adding a part to the server means adding its line here. */
public final class StandardPlugins {
    private StandardPlugins() {}

    public static Plugins create(PluginContext context) {
        Plugins plugins = new Plugins();
        types(plugins, context);
        security(plugins, context);
        documents(plugins, context);
        Streaming.install(plugins, context);
        return plugins;
    }

    private static void documents(Plugins plugins, PluginContext context) {
        ApiServerConfig config = context.config();
        plugins.nonResource(new DiscoveryHandler(context.resources(), config.advertiseAddress() + ":" + config.port())).nonResource(new VersionHandler());
        if (context.schemas() instanceof BuiltinSchemas schemas) {
            plugins.nonResource(new OpenApiHandler(context.resources(), schemas));
        }
    }

    private static void security(Plugins plugins, PluginContext context) {
        ApiServerConfig config = context.config();
        ClusterSettings settings = ClusterSettings.read(config.serviceCidr(), config.advertiseAddress(), config.port(), config.pkiDirectory());
        Posting posting = new Posting(context.bodies(), context.admission());
        Authentication authentication = Authentication.create(context.objects(), ServiceAccountKeys.read(config.pkiDirectory()), config.serviceAccountIssuer(), context.clock());
        plugins.authenticator(authentication.authenticator());
        authentication.handlers(posting).forEach(plugins::subresource);
        plugins.nonResource(authentication.discovery());

        Authorization authorization = Authorization.create(context.objects(), DefaultPolicy.nodeRules());
        plugins.authorizer(authorization.authorizer()).impersonation(new HeaderImpersonation(authorization.authorizer()));
        authorization.handlers(posting).forEach(plugins::subresource);

        AdmissionPlugins admission = AdmissionPlugins.create(context.objects(), authorization.authorizer(), context.clock());
        admission.chain().forEach(plugins::admission);
        plugins.admission(authentication.tokenSecrets(settings.authorityPem()));
        plugins.admission(authorization.escalationCheck());

        plugins.bootstrap(step("poststarthook/rbac/bootstrap-roles", () -> Bootstrap.run(context.objects(), settings)))
                .bootstrap(step("poststarthook/clusterrole-aggregation", authorization::start))
                .bootstrap(new KubernetesService(context.objects(), settings, context.clock()))
                .bootstrap(step("poststarthook/quota-recount", admission::start));
    }

    private static Plugins.Bootstrap step(String name, Runnable action) {
        return new Plugins.Bootstrap() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void run() {
                action.run();
            }
        };
    }

    private static void types(Plugins plugins, PluginContext context) {
        ServiceNetwork network = ServiceNetwork.parse(context.config().serviceCidr(), context.config().nodePortRange());
        Strategies strategies = Strategies.create(context.objects(), context.store(), network, context.clock());
        plugins.converter(new BuiltinConversions())
                .patches(new StandardPatches())
                .fieldManagement(new StructuredFieldManagement())
                .printers(Printers.all())
                .defaulters(Defaulting.all())
                .strategies(strategies.all())
                .bootstrap(strategies.repair());
        Subresources subresources = Subresources.create(context.objects(), new Posting(context.bodies(), context.admission()), context.clock());
        subresources.handlers().forEach(plugins::subresource);
        subresources.parts().forEach(plugins::objectSubresource);
    }
}
