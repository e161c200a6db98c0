package io.jakube.common.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import io.jakube.common.schema.ObjectDecoder.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fully populated objects of every type in the three encodings, as upstream writes them: all must decode to the same tree, that of the JSON. */
@EnabledIf(value = "io.jakube.common.schema.Oracles#present", disabledReason = "the oracle directory is not there")
class ApiVectorsTest {
    private static final BuiltinSchemas SCHEMAS = BuiltinSchemas.load();
    private static final ObjectDecoder DECODER = new SchemaObjectDecoder(SCHEMAS);

    static Stream<String> vectors() throws IOException {
        Map<String, GroupVersionKind> known = new TreeMap<>();
        SCHEMAS.kinds().keySet().forEach(gvk -> known.put((gvk.group().isEmpty() ? "core" : gvk.group()) + "." + gvk.version() + "." + gvk.kind(), gvk));
        try (Stream<Path> files = Files.list(Oracles.directory().resolve("api-vectors"))) {
            return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".json")).map(f -> f.substring(0, f.length() - 5)).filter(known::containsKey).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void encodingsAgree(String vector) throws IOException {
        byte[] json = read(vector + ".json");
        ObjectNode written = Json.readObject(json);
        DecodeResult fromJson = DECODER.decode(json, Encoding.JSON, null);
        assertThat(fromJson.problems()).isEmpty();
        assertThat(fromJson.object()).isEqualTo(written);
        assertThat(DECODER.decode(read(vector + ".yaml"), Encoding.YAML, null).object()).isEqualTo(written);
        if (Files.exists(Oracles.directory().resolve("api-vectors/" + vector + ".pb"))) {
            assertThat(DECODER.decode(read(vector + ".pb"), Encoding.PROTOBUF, null).object()).isEqualTo(written);
        }
    }

    private static byte[] read(String file) throws IOException {
        return Files.readAllBytes(Oracles.directory().resolve("api-vectors").resolve(file));
    }
}
