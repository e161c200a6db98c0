package io.jakube.launcher.layout;

import static java.util.Objects.requireNonNull;

import io.jakube.launcher.LaunchException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The installed product.
 *
 * @param root holds {@code lib/} (all jars) and {@code apps/} (the services' WARs)
 * @param liberty Open Liberty's {@code wlp} directory
 */
public record Distribution(Path root, Path liberty) {
    public Distribution {
        requireNonNull(root, "root is null");
        requireNonNull(liberty, "liberty is null");
    }

    /** As the start script names it. */
    public static Distribution current() {
        String root = System.getProperty("jakube.distribution");
        String liberty = System.getProperty("jakube.liberty");
        if (root == null || liberty == null) {
            throw new LaunchException("The distribution is unknown: start Jakube by its ./jakube script.");
        }
        Distribution distribution = new Distribution(Path.of(root), Path.of(liberty));
        if (!Files.isRegularFile(distribution.liberty().resolve("bin/tools/ws-server.jar"))) {
            throw new LaunchException("Open Liberty is missing at " + liberty + ": run ./mvnw package to bring it.");
        }
        return distribution;
    }

    public Path libraries() {
        return root.resolve("lib");
    }

    public Path application(String name) {
        return root.resolve("apps").resolve(name + ".war");
    }

    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
