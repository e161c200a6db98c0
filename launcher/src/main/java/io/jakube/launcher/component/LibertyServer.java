package io.jakube.launcher.component;

import static java.util.Objects.requireNonNull;

import io.jakube.launcher.LaunchException;
import io.jakube.launcher.layout.Distribution;
import io.jakube.launcher.layout.JakubeHome;
import io.jakube.launcher.process.ManagedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One Open Liberty server with one or more of the services in it. Its {@code server.xml} includes the configuration each service brings
 * ({@code config/<service>.xml} of the distribution) and sets the variables these refer to.
 */
public final class LibertyServer {
    /** What is alive when a server with all services is ready, so that the heap need not be grown on the way. */
    private static final int INITIAL_HEAP_MIB = 64;
    /** On so few processors the optimising compiler takes more of the start than it gives back: a third of the processor time, 80 MB. */
    private static final int SMALL_MACHINE = 4;

    private final Distribution distribution;
    private final JakubeHome home;
    private final String name;
    private final List<String> services;
    private final ManagedProcess process;

    /**
     * @param name server and process name
     * @param services of {@code apiserver}, {@code scheduler}, {@code controller}
     */
    public LibertyServer(Distribution distribution, JakubeHome home, String name, List<String> services) {
        this.distribution = requireNonNull(distribution, "distribution is null");
        this.home = requireNonNull(home, "home is null");
        this.name = requireNonNull(name, "name is null");
        this.services = List.copyOf(services);
        this.process = new ManagedProcess(name, home.run(), home.logs());
    }

    public ManagedProcess process() {
        return process;
    }

    public List<String> services() {
        return services;
    }

    /**
     * Writes the configuration and starts the server unless it runs.
     *
     * @param variables Liberty variables, such as ports and file locations
     * @param secrets Liberty variables that are secret; they go to a file only the owner can read
     * @param settings file for {@code jakube.config}
     */
    public void start(Map<String, String> variables, Map<String, String> secrets, Path settings) {
        if (process.find().isPresent()) {
            return;
        }
        Path directory = home.servers().resolve("servers").resolve(name);
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(home.servers(), PosixFilePermissions.fromString("rwx------"));
            for (String service : services) {
                Files.copy(distribution.root().resolve("config").resolve(service + ".xml"), directory.resolve(service + ".xml"), StandardCopyOption.REPLACE_EXISTING);
            }
            Files.writeString(directory.resolve("server.xml"), serverXml(variables));
            writePrivately(directory.resolve("secrets.xml"), xml(secrets, List.of()));
        } catch (IOException e) {
            throw new LaunchException("The Liberty server's configuration cannot be written to " + directory + " (" + e.getMessage() + ").", e);
        }
        Path wlp = distribution.liberty();
        List<String> command = new ArrayList<>(JavaProcess.command(ClassArchives.file(distribution, home, name), INITIAL_HEAP_MIB, maxHeap(), 64, 96));
        if (Runtime.getRuntime().availableProcessors() <= SMALL_MACHINE) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(List.of(
                "@" + moduleOptions(wlp),
                "-Djava.awt.headless=true",
                "-Djakube.config=" + settings,
                "-jar", wlp.resolve("bin/tools/ws-server.jar").toString(), name));
        Map<String, String> environment = new LinkedHashMap<>(JavaProcess.ENVIRONMENT);
        environment.put("WLP_USER_DIR", home.servers().toString());
        environment.put("LOG_DIR", home.logs().resolve(name).toString());
        process.start(command, environment, directory);
    }

    private static long maxHeap() {
        long memoryMiB = ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize() >> 20;
        return Math.clamp(memoryMiB / 8, 384, 1024);
    }

    /** Liberty's own list of modules to open, for the JDK at hand. */
    private static Path moduleOptions(Path wlp) {
        Path java24 = wlp.resolve("lib/platform/java/java24.options");
        return Files.exists(java24) ? java24 : wlp.resolve("lib/platform/java/java9.options");
    }

    private String serverXml(Map<String, String> variables) {
        List<String> includes = new ArrayList<>(services.stream().map(service -> service + ".xml").toList());
        includes.add("secrets.xml");
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.put("jakube.lib", distribution.libraries().toString());
        services.forEach(service -> all.put("jakube." + service + ".war", distribution.application("jakube-" + service + "-service").toString()));
        return xml(all, includes).replace("</server>", """
                    <!-- Nothing changes while the server runs, so nothing is polled for changes; only the services' own endpoints are opened. -->
                    <httpEndpoint id="defaultHttpEndpoint" enabled="false"/>
                    <config updateTrigger="disabled"/>
                    <applicationMonitor updateTrigger="disabled" dropinsEnabled="false"/>
                </server>""");
    }

    static String xml(Map<String, String> variables, List<String> includes) {
        StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<server>\n");
        variables.forEach((key, value) -> text.append("    <variable name=\"").append(escape(key)).append("\" value=\"").append(escape(value)).append("\"/>\n"));
        includes.forEach(include -> text.append("    <include location=\"").append(escape(include)).append("\" onConflict=\"MERGE\"/>\n"));
        return text.append("</server>\n").toString();
    }

    private static String escape(String value) {
        return value.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static void writePrivately(Path file, String content) {
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(file, content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
