package io.jakube.apiserver.registry;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.OutputFormat;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Complete answers in the encoding that was negotiated. */
final class Answers {
    private static final YAMLMapper YAML = YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build();

    private Answers() {}

    static ApiResponse of(int status, OutputFormat format, byte[] json) {
        byte[] body = switch (format.encoding()) {
            case JSON -> json;
            case YAML -> yaml(json);
        };
        return new ApiResponse.Complete(status, format.encoding().mediaType(), body);
    }

    private static byte[] yaml(byte[] json) {
        try {
            return YAML.writeValueAsBytes(Json.mapper().readTree(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
