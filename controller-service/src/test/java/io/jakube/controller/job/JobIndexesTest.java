package io.jakube.controller.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobIndexesTest {
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"'';''", "0;0", "0,1;0,1", "0-2;0-2", "1,3-5,7;1,3-5,7", "0,1,2,4;0-2,4", "8-20;8,9", "x,2;2"})
    void parsesAndWritesTheShortForm(String text, String expected) {
        assertThat(JobIndexes.format(JobIndexes.parse(text, 10))).isEqualTo(expected);
    }
}
