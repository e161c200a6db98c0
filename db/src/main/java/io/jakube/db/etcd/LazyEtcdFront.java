package io.jakube.db.etcd;

import static java.util.Objects.requireNonNull;

import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreAdministration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A front that costs next to nothing until somebody talks to it: an open port, behind which the front is started for the first client. Connections are handed
 * through to it as they are, so TLS is between the client and the front.
 */
public final class LazyEtcdFront implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LazyEtcdFront.class);

    private final EtcdFrontConfig config;
    private final KeyValueStore store;
    private final StoreAdministration administration;
    private final ServerSocket door;
    private @Nullable EtcdFront front;
    private boolean closed;

    private LazyEtcdFront(EtcdFrontConfig config, KeyValueStore store, StoreAdministration administration) throws IOException {
        URI url = config.listenUrls().getFirst();
        this.store = store;
        this.administration = administration;
        this.door = new ServerSocket();
        door.setReuseAddress(true);
        door.bind(new InetSocketAddress(url.getHost(), url.getPort()));
        URI inner = URI.create(url.getScheme() + "://127.0.0.1:0");
        URI told = URI.create(url.getScheme() + "://" + url.getHost() + ":" + door.getLocalPort());
        this.config = new EtcdFrontConfig(
                config.name(), List.of(inner), config.advertiseUrls().isEmpty() ? List.of(told) : config.advertiseUrls(), config.tls(), config.readOnlyPrefixes(), config.progressInterval());
    }

    /**
     * Opens the port of the configuration's first URL.
     *
     * @throws UncheckedIOException where it is taken
     */
    public static LazyEtcdFront open(EtcdFrontConfig config, KeyValueStore store, StoreAdministration administration) {
        requireNonNull(config, "config is null");
        try {
            LazyEtcdFront lazy = new LazyEtcdFront(config, requireNonNull(store, "store is null"), requireNonNull(administration, "administration is null"));
            Thread.ofVirtual().name("jakube-etcd-door").start(lazy::accept);
            return lazy;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + config.listenUrls().getFirst() + ": " + e.getMessage(), e);
        }
    }

    public int port() {
        return door.getLocalPort();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Thread.ofVirtual().name("jakube-etcd-client").start(() -> serve(client));
            } catch (IOException e) {
                if (!door.isClosed()) {
                    LOG.warn("An etcd client could not be let in: {}", e.getMessage());
                }
            }
        }
    }

    private void serve(Socket client) {
        try (client; Socket inside = new Socket(InetAddress.getLoopbackAddress(), started().port())) {
            client.setTcpNoDelay(true);
            inside.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().start(() -> pass(inside, client));
            pass(client, inside);
            back.join();
        } catch (IOException | RuntimeException e) {
            LOG.warn("An etcd client could not be served: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Hands bytes on until one side ends. */
    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (SocketException e) {
            LOG.trace("a connection was reset", e);
        } catch (IOException e) {
            LOG.debug("A connection ended: {}", e.getMessage());
        }
    }

    private synchronized EtcdFront started() {
        if (closed) {
            throw new IllegalStateException("the front is closed");
        }
        EtcdFront running = front;
        if (running == null) {
            running = EtcdFront.start(config, store, administration);
            front = running;
        }
        return running;
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            LOG.debug("The port could not be closed: {}", e.getMessage());
        }
        EtcdFront running;
        synchronized (this) {
            closed = true;
            running = front;
        }
        if (running != null) {
            running.close();
        }
    }
}
