package io.jakube.launcher.component;

import static java.util.Objects.requireNonNull;

import io.jakube.common.pki.ClusterPki;
import io.jakube.common.pki.Identity;
import io.jakube.common.pki.SubjectAltNames;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.launcher.LaunchException;
import io.jakube.launcher.layout.ClusterSettings;
import io.jakube.launcher.layout.Distribution;
import io.jakube.launcher.layout.JakubeHome;
import io.jakube.launcher.preflight.Ports;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;

/** All parts of the cluster on this host, and the files that tell them about each other. */
public final class Cluster {
    public static final String SERVICE_CIDR = "10.96.0.0/16";
    public static final String POD_CIDR = "10.244.0.0/16";
    public static final String FIRST_SERVICE_ADDRESS = "10.96.0.1";
    public static final String DNS_ADDRESS = "10.96.0.10";
    public static final String DOMAIN = "cluster.local";
    public static final int AGENT_PORT = 10250;
    public static final int ETCD_PORT = 2379;
    public static final int SCHEDULER_PORT = 10259;
    public static final int CONTROLLER_PORT = 10257;

    /** A certificate with more names would be too long for a handshake: nobody can ask further simulated nodes for logs. */
    private static final int NAMES_IN_CERTIFICATE = 1000;

    private final Distribution distribution;
    private final JakubeHome home;
    private final ClusterSettings settings;

    public Cluster(Distribution distribution, JakubeHome home, ClusterSettings settings) {
        this.distribution = requireNonNull(distribution, "distribution is null");
        this.home = requireNonNull(home, "home is null");
        this.settings = requireNonNull(settings, "settings is null");
    }

    public static Path settingsFile(JakubeHome home) {
        return home.config().resolve("cluster.properties");
    }

    public ClusterSettings settings() {
        return settings;
    }

    public String apiUrl() {
        return "https://127.0.0.1:" + settings.apiPort();
    }

    public boolean simulated() {
        return settings.simulatedNodes() > 0;
    }

    public List<LibertyServer> servers() {
        if (settings.separate()) {
            return List.of(
                    new LibertyServer(distribution, home, "apiserver", List.of("apiserver")),
                    new LibertyServer(distribution, home, "scheduler", List.of("scheduler")),
                    new LibertyServer(distribution, home, "controller-manager", List.of("controller")));
        }
        return List.of(new LibertyServer(distribution, home, "services", List.of("apiserver", "scheduler", "controller")));
    }

    public Containerd containerd() {
        return new Containerd(home);
    }

    public NodeAgentProcess agent() {
        return new NodeAgentProcess(distribution, home);
    }

    /** The ports of parts that do not run yet must be free. */
    public void requireFreePorts() {
        Map<Integer, String> ports = new LinkedHashMap<>();
        if (servers().stream().noneMatch(server -> server.process().find().isPresent())) {
            ports.put(settings.apiPort(), "the API server, --port");
            ports.put(SCHEDULER_PORT, "the scheduler's health and metrics");
            ports.put(ETCD_PORT, "the store, for etcd clients");
            ports.put(CONTROLLER_PORT, "the controller manager's health and metrics");
        }
        if (!simulated() && agent().process().find().isEmpty()) {
            ports.put(AGENT_PORT, "the node agent");
        }
        Ports.requireFree(ports);
    }

    /** Authority, certificates and kubeconfigs; renews what is about to expire. */
    public void ensurePki() {
        ClusterPki pki = ClusterPki.open(home.pki(), Clock.systemUTC());
        SubjectAltNames host = SubjectAltNames.ofHost().plus(SubjectAltNames.of(List.of(settings.advertiseAddress())));
        pki.ensureApiServer(SubjectAltNames.apiServer(FIRST_SERVICE_ADDRESS, DOMAIN).plus(host));
        ClusterPki.open(home.pki().resolve("etcd"), Clock.systemUTC()).ensureEtcd(SubjectAltNames.of(List.of("localhost", "127.0.0.1", "::1")));
        pki.ensureKubeconfig(home.adminKubeconfig(), apiUrl(), Identity.ADMIN);
        pki.ensureComponentKubeconfig(home.kubeconfig("scheduler"), apiUrl(), Identity.SCHEDULER);
        pki.ensureComponentKubeconfig(home.kubeconfig("controller-manager"), apiUrl(), Identity.CONTROLLER_MANAGER);
        pki.ensureComponentKubeconfig(home.kubeconfig("node"), apiUrl(), Identity.node(settings.nodeName()));
        Path agentPki = home.node().resolve("pki");
        pki.ensureNodeServing(agentPki, "node", settings.nodeName(), host.plus(SubjectAltNames.of(nodeNames())));
        try {
            Files.copy(home.pki().resolve("ca.crt"), agentPki.resolve("ca.crt"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LaunchException("The node's certificates cannot be written to " + agentPki + " (" + e.getMessage() + ").", e);
        }
    }

    /** The names the agent serves under. */
    private List<String> nodeNames() {
        if (!simulated()) {
            return List.of(settings.nodeName());
        }
        return IntStream.range(0, Math.min(NAMES_IN_CERTIFICATE, settings.simulatedNodes())).mapToObj(i -> settings.nodeName() + "-" + i).toList();
    }

    /** Chooses PostgreSQL's port and passwords, which services are told before it runs. */
    public void prepareDatabase() {
        try {
            EmbeddedPostgres.prepare(home.database());
        } catch (IllegalStateException e) {
            throw new LaunchException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Starts PostgreSQL unless it runs, and brings its schema up to date. */
    public void startDatabase() {
        EmbeddedPostgres.start(home.database());
    }

    public EmbeddedPostgres database() {
        return EmbeddedPostgres.at(home.database());
    }

    /** Starts the services' servers unless they run. They wait for the database, which must have been prepared. */
    public void startServices() {
        EmbeddedPostgres database = database();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("jakube.database.url", database.jdbcUrl());
        values.put("jakube.database.user", EmbeddedPostgres.WRITER);
        values.put("jakube.database.password-file", database.writerPasswordFile().toString());
        values.put("jakube.database.reader.user", EmbeddedPostgres.READER);
        values.put("jakube.database.reader.password-file", database.readerPasswordFile().toString());
        values.put("jakube.apiserver.port", Integer.toString(settings.apiPort()));
        values.put("jakube.apiserver.advertise-address", settings.advertiseAddress());
        values.put("jakube.etcd.port", Integer.toString(ETCD_PORT));
        values.put("jakube.pki.dir", home.pki().toString());
        values.put("jakube.service.cidr", SERVICE_CIDR);
        values.put("jakube.scheduler.kubeconfig", home.kubeconfig("scheduler").toString());
        values.put("jakube.controller.kubeconfig", home.kubeconfig("controller-manager").toString());
        if (!settings.loadBalancerAddresses().isEmpty()) {
            values.put("jakube.load-balancer.addresses", settings.loadBalancerAddresses());
        }
        Path file = write("services.properties", values);
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("jakube.apiserver.port", Integer.toString(settings.apiPort()));
        variables.put("jakube.scheduler.port", Integer.toString(SCHEDULER_PORT));
        variables.put("jakube.controller.port", Integer.toString(CONTROLLER_PORT));
        variables.put("jakube.pki.dir", home.pki().toString());
        String password = new String(ClusterPki.open(home.pki(), Clock.systemUTC()).keyStorePassword());
        for (LibertyServer server : servers()) {
            server.start(variables, Map.of("jakube.keystore.password", password), file);
        }
    }

    /** Starts containerd (where the nodes are real). */
    public void startContainerRuntime() {
        if (!simulated()) {
            containerd().start();
        }
    }

    /** Starts the node agent unless it runs. */
    public void startAgent() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("jakube.agent.kubeconfig", (simulated() ? home.adminKubeconfig() : home.kubeconfig("node")).toString());
        values.put("jakube.agent.root", home.node().toString());
        values.put("jakube.agent.node-name", settings.nodeName());
        values.put("jakube.agent.node-address", settings.advertiseAddress());
        values.put("jakube.agent.port", Integer.toString(AGENT_PORT));
        values.put("jakube.agent.pki.dir", home.node().resolve("pki").toString());
        values.put("jakube.pod.cidr", POD_CIDR);
        values.put("jakube.dns.address", DNS_ADDRESS);
        values.put("jakube.dns.domain", DOMAIN);
        values.put("jakube.agent.prefer-local-images", Boolean.toString(settings.preferLocalImages()));
        if (simulated()) {
            values.put("jakube.agent.simulated-nodes", Integer.toString(settings.simulatedNodes()));
        } else {
            values.put("jakube.agent.container-runtime-endpoint", "unix://" + home.containerdSocket());
        }
        agent().start(write("agent.properties", values), simulated());
    }

    private Path write(String name, Map<String, String> values) {
        Properties properties = new Properties();
        properties.putAll(values);
        Path file = home.config().resolve(name);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, "Written by jakube up at every start");
        } catch (IOException e) {
            throw new LaunchException("The settings cannot be written to " + file + " (" + e.getMessage() + ").", e);
        }
        return file;
    }
}
