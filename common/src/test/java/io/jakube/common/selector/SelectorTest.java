package io.jakube.common.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.common.api.BuiltinResources;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorTest {
    private static final Map<String, String> LABELS = Map.of("app", "web", "tier", "front", "n", "5", "empty", "");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "app=web|true", "app==web|true", "app!=web|false", "app = web , tier in (front, back)|true", "tier notin (front)|false", "x notin (a)|true", "app|true", "!app|false", "!x|true",
        "n>4|true", "n<5|false", "app>1|false", "empty=|true", "empty|true", "x=|false", "in in (in)|false", "app in (,web)|true", "example.com/a!=b|true"
    })
    void matches(String text, boolean expected) {
        assertThat(Selector.parse(text).matches(LABELS)).isEqualTo(expected);
        assertThat(Selector.parse(Selector.parse(text).toString()).matches(LABELS)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "app web|unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt",
        "a=b c|found 'c', expected: ',' or 'end of string'",
        "a,|found '', expected: identifier after ','",
        "(a)|found '(', expected: !, identifier, or 'end of string'",
        "a in b|unable to parse requirement: found 'b' expected: '('",
        "a>x|unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
        "a in (b|unable to parse requirement: found '', expected: ',' or ')'",
    })
    void refuses(String text, String message) {
        assertThatThrownBy(() -> Selector.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void refusesBadKeysAndValues() {
        assertThatThrownBy(() -> Selector.parse("-a=b")).hasMessageStartingWith("unable to parse requirement: key: Invalid value: \"-a\": name part must consist of alphanumeric characters");
        assertThatThrownBy(() -> Selector.parse("a=b_")).hasMessageStartingWith("unable to parse requirement: values[0][a]: Invalid value: \"b_\": a valid label must be");
    }

    @Test
    void readsSelectorObjects() {
        assertThat(Selector.of(null).matches(LABELS)).isFalse();
        assertThat(Selector.of(Json.object()).matches(LABELS)).isTrue();
        Selector selector = Selector.of(json("{\"matchLabels\":{\"app\":\"web\"},\"matchExpressions\":[{\"key\":\"x\",\"operator\":\"DoesNotExist\"},{\"key\":\"n\",\"operator\":\"In\",\"values\":[\"5\",\"6\"]}]}"));
        assertThat(selector.matches(LABELS)).isTrue();
        assertThat(selector).hasToString("app=web,!x,n in (5,6)");
    }

    @Test
    void selectsByFields() {
        var pod = json("{\"metadata\":{\"name\":\"a\"},\"spec\":{\"nodeName\":\"n\"},\"status\":{\"phase\":\"Running\"}}");
        assertThat(FieldSelector.parse("spec.nodeName=n,status.phase!=Pending").matches(pod)).isTrue();
        assertThat(FieldSelector.parse("spec.nodeName==").matches(pod)).isFalse();
        assertThat(FieldSelector.parse("spec.hostNetwork=false").matches(pod)).isTrue();
        assertThat(FieldSelector.parse("metadata.name=a").requiredValue("metadata.name")).contains("a");
        assertThat(FieldSelector.parse("a=b\\,c").terms().getFirst().value()).isEqualTo("b,c");
        assertThatThrownBy(() -> FieldSelector.parse("nope")).hasMessage("invalid selector: 'nope'; can't understand 'nope'");
    }

    @Test
    void selectsStoredEventsByTheirNamesInBothGroups() {
        var event = json("{\"involvedObject\":{\"kind\":\"Pod\"},\"reportingComponent\":\"c\",\"source\":{\"component\":\"s\"}}");
        assertThat(FieldSelector.parse("involvedObject.kind=Pod,source=s").matches(event)).isTrue();
        assertThat(FieldSelector.parse("regarding.kind=Pod,reportingController=c,regarding.name=").matches(event)).isTrue();
    }

    @Test
    void knowsWhatIsSelectable() {
        BuiltinResources resources = BuiltinResources.load();
        var pods = resources.find(GroupResource.core("pods")).orElseThrow();
        var configMaps = resources.find(GroupResource.core("configmaps")).orElseThrow();
        assertThat(FieldSelector.parse("spec.nodeName=x,metadata.name=y").requireSupported(pods).terms()).hasSize(2);
        assertThatThrownBy(() -> FieldSelector.parse("spec.foo=x").requireSupported(pods)).hasMessage("field label not supported: spec.foo");
        assertThatThrownBy(() -> FieldSelector.parse("data=x").requireSupported(configMaps)).hasMessage("\"data\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
    }

    private static com.fasterxml.jackson.databind.JsonNode json(String text) {
        return Json.readObject(text.getBytes(StandardCharsets.UTF_8));
    }
}
