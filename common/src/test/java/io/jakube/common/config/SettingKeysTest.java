package io.jakube.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingKeysTest {
    @Test
    void namesTheKeyThatWasProbablyMeant() {
        assertThatThrownBy(() -> SettingKeys.requireKnown(List.of("jakube.databse.url"), "a file"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown setting jakube.databse.url in a file; did you mean jakube.database.url?");
    }

    @Test
    void leavesOtherProgramsPropertiesAlone() {
        SettingKeys.requireKnown(List.of("java.home", "jakube.distribution", "jakube.agent.port"), "a file");
    }

    @Test
    void readsAFileAndPrefersSystemProperties(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("agent.properties"), "jakube.agent.port=10250\njakube.agent.node-name=from-file\n");
        Map<String, String> values = SettingsFile.read(file);
        assertThat(SettingsFile.lookup(values, "jakube.agent.port")).contains("10250");
        System.setProperty("jakube.agent.node-name", "from-property");
        try {
            assertThat(SettingsFile.lookup(values, "jakube.agent.node-name")).contains("from-property");
        } finally {
            System.clearProperty("jakube.agent.node-name");
        }
        assertThat(SettingsFile.lookup(values, "jakube.agent.root")).isEmpty();
    }
}
