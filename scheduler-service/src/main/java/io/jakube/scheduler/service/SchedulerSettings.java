package io.jakube.scheduler.service;

import java.nio.file.Path;
import org.eclipse.microprofile.config.Config;

/**
 * The scheduler's settings; keys in ARCHITECTURE.md.
 *
 * @param databaseUrl {@code jakube.database.url}
 * @param databaseUser {@code jakube.database.reader.user}
 * @param databasePasswordFile {@code jakube.database.reader.password-file}
 * @param kubeconfig {@code jakube.scheduler.kubeconfig}
 */
public record SchedulerSettings(String databaseUrl, String databaseUser, Path databasePasswordFile, Path kubeconfig) {
    /** @throws java.util.NoSuchElementException naming the key that is missing */
    public static SchedulerSettings from(Config config) {
        return new SchedulerSettings(
                config.getValue("jakube.database.url", String.class),
                config.getOptionalValue("jakube.database.reader.user", String.class).orElse("jakube_reader"),
                Path.of(config.getValue("jakube.database.reader.password-file", String.class)),
                Path.of(config.getValue("jakube.scheduler.kubeconfig", String.class)));
    }
}
