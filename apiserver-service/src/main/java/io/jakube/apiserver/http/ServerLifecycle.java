package io.jakube.apiserver.http;

import io.jakube.apiserver.ApiServer;
import io.jakube.apiserver.ApiServerConfig;
import io.jakube.apiserver.StandardPlugins;
import io.jakube.common.api.BuiltinResources;
import io.jakube.common.schema.BuiltinSchemas;
import io.jakube.common.schema.SchemaObjectDecoder;
import io.jakube.db.KeyValueStore;
import io.jakube.db.etcd.LazyEtcdFront;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.time.Clock;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Composes the server when the web application starts, and takes it down with it. */
@WebListener
public final class ServerLifecycle implements ServletContextListener {
    private static final Logger LOG = LoggerFactory.getLogger(ServerLifecycle.class);
    private static final String ATTRIBUTE = ApiServer.class.getName();

    private @Nullable KeyValueStore store;
    private @Nullable ApiServer server;
    private @Nullable LazyEtcdFront etcd;
    private @Nullable Thread goodbye;

    /** The running server. */
    static ApiServer serverOf(ServletContext context) {
        if (context.getAttribute(ATTRIBUTE) instanceof ApiServer running) {
            return running;
        }
        throw new IllegalStateException("the API server has not been started");
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        long start = System.nanoTime();
        Config properties = ConfigProvider.getConfig();
        ApiServerConfig config = ApiServerConfig.from(key -> properties.getOptionalValue(key, String.class));
        BuiltinSchemas schemas = BuiltinSchemas.load();
        PostgresKeyValueStore opened = PostgresKeyValueStore.open(StoreConfig.writer(config.databaseUrl(), config.databaseUser(), config.databasePasswordFile()));
        store = opened;
        ApiServer running = new ApiServer(
                new ApiServer.Foundation(config, opened, BuiltinResources.load(), schemas, new SchemaObjectDecoder(schemas), Clock.systemUTC()),
                StandardPlugins::create);
        server = running;
        event.getServletContext().setAttribute(ATTRIBUTE, running);
        running.start();
        etcd = properties.getOptionalValue("jakube.etcd.port", Integer.class)
                .map(port -> EtcdPort.open(port, config.pkiDirectory(), "jakube", opened))
                .orElse(null);
        // Liberty waits half a minute for open requests before it stops applications; a watch only ends when it is told to.
        Thread hook = new Thread(running::close, "api-server-shutdown");
        goodbye = hook;
        Runtime.getRuntime().addShutdownHook(hook);
        LOG.info("API server composed in {} ms", (System.nanoTime() - start) / 1_000_000);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (goodbye != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(goodbye);
            } catch (IllegalStateException e) {
                LOG.debug("the virtual machine is going down", e);
            }
        }
        if (server != null) {
            server.close();
        }
        if (etcd != null) {
            etcd.close();
        }
        if (store != null) {
            store.close();
        }
    }
}
