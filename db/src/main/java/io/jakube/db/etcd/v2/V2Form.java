package io.jakube.db.etcd.v2;

import io.jakube.db.etcd.transport.HttpCall;
import io.jakube.db.etcd.v2.V2Exception.Code;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a request, from its query and its body. */
final class V2Form {
    private final Map<String, List<String>> fields = new HashMap<>();

    private V2Form(HttpCall call) {
        fields.putAll(call.parameters());
        String type = call.header("content-type");
        if (call.body().length > 0 && type != null && type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
            try {
                fields.putAll(new QueryStringDecoder(new String(call.body(), StandardCharsets.UTF_8), false).parameters());
            } catch (IllegalArgumentException e) {
                throw new V2Exception(Code.INVALID_FORM, String.valueOf(e.getMessage()));
            }
        }
    }

    static V2Form of(HttpCall call) {
        return new V2Form(call);
    }

    @Nullable String text(String name) {
        List<String> values = fields.get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    String textOr(String name, String otherwise) {
        String text = text(name);
        return text == null ? otherwise : text;
    }

    boolean flag(String name) {
        String text = text(name);
        if (text == null) {
            return false;
        }
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new V2Exception(Code.INVALID_FIELD, "invalid value for \"" + name + "\"");
        };
    }

    /** 0 where the field is missing. */
    long number(String name, Code error) {
        String text = text(name);
        if (text == null || text.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new V2Exception(error, "invalid value for \"" + name + "\"");
        }
    }

    V2Writer.TimeToLive timeToLive() {
        String text = text("ttl");
        return text == null ? V2Writer.TimeToLive.NONE : new V2Writer.TimeToLive(true, number("ttl", Code.TTL_NAN));
    }

    V2Writer.Expectation expectation() {
        String value = text("prevValue");
        if (value != null && value.isEmpty()) {
            throw new V2Exception(Code.PREV_VALUE_REQUIRED, "\"prevValue\" cannot be empty");
        }
        return new V2Writer.Expectation(text("prevExist") == null ? null : flag("prevExist"), value, number("prevIndex", Code.INDEX_NAN));
    }
}
