package io.jakube.common.config;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The properties file that the system property {@code jakube.config} names. */
public final class SettingsFile {
    private SettingsFile() {}

    /**
     * Reads the file; empty where none is named.
     *
     * @throws IllegalArgumentException for an unknown key
     * @throws UncheckedIOException if the file cannot be read
     */
    public static Map<String, String> read() {
        String file = System.getProperty("jakube.config");
        return file == null || file.isBlank() ? Map.of() : read(Path.of(file));
    }

    /** Reads a file. */
    public static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("the settings file " + file + " cannot be read", e);
        }
        SettingKeys.requireKnown(properties.stringPropertyNames(), file.toString());
        Map<String, String> values = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return Map.copyOf(values);
    }

    /**
     * A setting outside of MicroProfile Config (the node agent): system property, then environment ({@code jakube.agent.port} is
     * {@code JAKUBE_AGENT_PORT}), then the file's values.
     */
    public static Optional<String> lookup(Map<String, String> file, String key) {
        String value = System.getProperty(key);
        if (value == null) {
            value = System.getenv(key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(java.util.Locale.ROOT));
        }
        if (value == null) {
            value = file.get(key);
        }
        return Optional.ofNullable(value).filter(text -> !text.isBlank());
    }
}
