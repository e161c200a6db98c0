package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.flag;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** ConfigMaps and Secrets. */
public final class ConfigValidation {
    private static final int MAX_BYTES = 1 << 20;
    private static final FieldPath DATA = FieldPath.of("data");
    private static final FieldPath BINARY = FieldPath.of("binaryData");
    private static final String FROZEN = "field is immutable when `immutable` is set";
    private static final String REDACTED = "<secret contents redacted>";

    private ConfigValidation() {}

    public static void configMap(ObjectNode configMap, Errors errors) {
        Map<String, String> data = strings(configMap, "data");
        Map<String, String> binary = strings(configMap, "binaryData");
        long size = 0;
        for (Map.Entry<String, String> entry : data.entrySet()) {
            errors.invalid(DATA.key(entry.getKey()), entry.getKey(), Names.configMapKey(entry.getKey()));
            if (binary.containsKey(entry.getKey())) {
                errors.invalid(DATA.key(entry.getKey()), entry.getKey(), "duplicate of key present in binaryData");
            }
            size += entry.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        for (Map.Entry<String, String> entry : binary.entrySet()) {
            errors.invalid(BINARY.key(entry.getKey()), entry.getKey(), Names.configMapKey(entry.getKey()));
            size += decodedLength(entry.getValue());
        }
        if (size > MAX_BYTES) {
            errors.tooLong(FieldPath.of("[]"), MAX_BYTES);
        }
    }

    public static void configMapUpdate(ObjectNode configMap, ObjectNode old, Errors errors) {
        frozen(configMap, old, List.of("data", "binaryData"), errors);
    }

    public static void secret(ObjectNode secret, Errors errors) {
        Map<String, String> data = strings(secret, "data");
        long size = 0;
        for (Map.Entry<String, String> entry : data.entrySet()) {
            errors.invalid(DATA.key(entry.getKey()), entry.getKey(), Names.configMapKey(entry.getKey()));
            size += decodedLength(entry.getValue());
        }
        if (size > MAX_BYTES) {
            errors.tooLong(DATA, MAX_BYTES);
        }
        switch (text(secret, "type")) {
            case "kubernetes.io/service-account-token" -> {
                String key = "kubernetes.io/service-account.name";
                if (strings(secret.get("metadata"), "annotations").getOrDefault(key, "").isEmpty()) {
                    errors.required(FieldPath.of("metadata", "annotations").key(key), "");
                }
            }
            case "kubernetes.io/dockercfg" -> json(data, ".dockercfg", errors);
            case "kubernetes.io/dockerconfigjson" -> json(data, ".dockerconfigjson", errors);
            case "kubernetes.io/basic-auth" -> {
                if (!data.containsKey("username") && !data.containsKey("password")) {
                    required(data, "username", errors);
                    required(data, "password", errors);
                }
            }
            case "kubernetes.io/ssh-auth" -> {
                if (data.getOrDefault("ssh-privatekey", "").isEmpty()) {
                    errors.required(DATA.key("ssh-privatekey"), "");
                }
            }
            case "kubernetes.io/tls" -> {
                required(data, "tls.crt", errors);
                required(data, "tls.key", errors);
            }
            default -> { }
        }
    }

    private static void required(Map<String, String> data, String key, Errors errors) {
        if (!data.containsKey(key)) {
            errors.required(DATA.key(key), "");
        }
    }

    private static void json(Map<String, String> data, String key, Errors errors) {
        if (!data.containsKey(key)) {
            errors.required(DATA.key(key), "");
            return;
        }
        try {
            if (!Json.mapper().readTree(Base64.getDecoder().decode(data.get(key))).isObject()) {
                errors.invalid(DATA.key(key), REDACTED, "must be a JSON object");
            }
        } catch (IOException | IllegalArgumentException e) {
            errors.invalid(DATA.key(key), REDACTED, "must be valid JSON");
        }
    }

    public static void secretUpdate(ObjectNode secret, ObjectNode old, Errors errors) {
        errors.immutable(FieldPath.of("type"), text(secret, "type"), text(old, "type"));
        frozen(secret, old, List.of("data"), errors);
    }

    private static void frozen(ObjectNode object, ObjectNode old, List<String> fields, Errors errors) {
        if (!flag(old, "immutable")) {
            return;
        }
        if (!flag(object, "immutable")) {
            errors.forbidden(FieldPath.of("immutable"), FROZEN);
        }
        for (String field : fields) {
            if (!Objects.equals(filled(object, field), filled(old, field))) {
                errors.forbidden(FieldPath.of(field), FROZEN);
            }
        }
    }

    private static ObjectNode filled(ObjectNode object, String field) {
        return has(object, field) && object(object, field) != null ? object(object, field) : Json.object();
    }

    private static long decodedLength(String base64) {
        int padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
        return base64.length() / 4L * 3 - padding;
    }
}
