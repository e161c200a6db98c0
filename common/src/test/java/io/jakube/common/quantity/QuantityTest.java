package io.jakube.common.quantity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0", "0Mi, 0", "1000m, 1", "500m, 500m", "0.5, 500m", ".5, 500m", "1.5Gi, 1536Mi", "1024Ki, 1Mi", "1024, 1024", "1000, 1k", "2000Mi, 2000Mi",
        "1Ti, 1Ti", "12e6, 12e6", "1e3, 1e3", "1E3, 1e3", "1E, 1E", "0.5Ki, 512", "0.1Ki, 102400m", "100n, 100n", "0.1n, 1n", "-0.1n, -1n", "1.0, 1", "+5, 5",
        "-1500m, -1500m", "123456789, 123456789", "1500Ki, 1500Ki", "1e-3, 1e-3", "99999999999999999999, 9223372036854775807"
    })
    void canonicalForm(String text, String canonical) {
        assertThat(Quantity.parse(text)).hasToString(canonical);
        assertThat(Quantity.parse(canonical)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Mi", "1.2.3", "1 Gi", "10x", "1KI", "1e", "e5", "--1", "1e1000000000", ".", "1 "})
    void refusesWhatIsNoQuantity(String text) {
        assertThatThrownBy(() -> Quantity.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(Quantity.SYNTAX);
    }

    @Test
    void comparesByAmountWhateverTheSuffix() {
        assertThat(Quantity.parse("1Ki")).isGreaterThan(Quantity.parse("1k")).isEqualByComparingTo(Quantity.parse("1024"));
        assertThat(Quantity.parse("200m").add(Quantity.parse("0.8"))).hasToString("1");
        assertThat(Quantity.parse("1u").roundUpToMilli()).hasToString("1m");
    }
}
