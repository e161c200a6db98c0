package io.jakube.agent.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariableExpansionTest {
    /** The cases that the API reference of Container.command describes. */
    @ParameterizedTest
    @CsvSource({
        "$(A), 1",
        "x$(A)y$(B), x1y2",
        "$$(A), $(A)",
        "$$$(A), $1",
        "$(MISSING), $(MISSING)",
        "$(A, $(A",
        "$A, $A",
        "$, $",
        "plain, plain",
        "$(EMPTY)-, -",
    })
    void expands(String text, String expected) {
        assertThat(VariableExpansion.expand(text, Map.of("A", "1", "B", "2", "EMPTY", ""))).isEqualTo(expected);
    }
}
