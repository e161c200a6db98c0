package io.jakube.common.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.common.status.ApiException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequirementsTest {
    private static final Map<String, String> LABELS = Map.of("app", "web", "tier", "front", "n", "5");

    @Test
    void labelOperators() {
        for (String matching : new String[] {"", "app=web", "app==web", "app!=db", "gone!=x", "app in (db, web)", "app notin (db)", "app", "!gone", "n>4", "n<6", "app=web,tier in (front)"}) {
            assertThat(LabelRequirements.parse(matching).matches(LABELS)).as(matching).isTrue();
        }
        for (String other : new String[] {"app=db", "app!=web", "app in (db)", "app notin (web)", "gone", "!app", "n>5", "app=web,tier=back", "app="}) {
            assertThat(LabelRequirements.parse(other).matches(LABELS)).as(other).isFalse();
        }
    }

    @Test
    void labelSyntaxErrorsAreBadRequests() {
        for (String wrong : new String[] {"a in", "a in (b", ",a", "a,", "a b", "=b", "-a=b", "a=b c", "n>x"}) {
            assertThatThrownBy(() -> LabelRequirements.parse(wrong)).as(wrong)
                    .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(400));
        }
    }

    @Test
    void fieldOperatorsAndEscapes() {
        Map<String, String> fields = Map.of("metadata.name", "a,b", "status.phase", "Running");
        assertThat(FieldRequirements.parse("metadata.name=a\\,b,status.phase!=Failed").matches(fields::get)).isTrue();
        assertThat(FieldRequirements.parse("status.phase==Pending").matches(fields::get)).isFalse();
        assertThat(FieldRequirements.parse("spec.nodeName=").matches(fields::get)).isTrue();
        assertThat(FieldRequirements.parse("metadata.name=x").exactValue("metadata.name")).contains("x");
        assertThatThrownBy(() -> FieldRequirements.parse("nonsense")).isInstanceOf(ApiException.class);
        assertThatThrownBy(() -> FieldRequirements.parse("a=b").requireSupported("c"::equals)).hasMessageContaining("field label not supported: a");
    }
}
