package io.jakube.common.config;

import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Offers the settings file to MicroProfile Config, below system properties (400) and the environment (300). */
public final class SettingsConfigSource implements ConfigSource {
    private final Map<String, String> values = SettingsFile.read();

    @Override
    public Set<String> getPropertyNames() {
        return values.keySet();
    }

    @Override
    public String getValue(String name) {
        return values.get(name);
    }

    @Override
    public String getName() {
        return "jakube.config";
    }

    @Override
    public int getOrdinal() {
        return 200;
    }
}
