package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.ConfigValidation;
import io.jakube.apiserver.validation.Errors;
import io.jakube.common.status.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Secrets: {@code stringData} is for writing only and becomes {@code data}. */
public final class SecretStrategy implements ResourceStrategy {
    @Override
    public void prepareForCreate(ObjectNode secret, RequestContext context) {
        encodeStringData(secret);
    }

    @Override
    public void prepareForUpdate(ObjectNode secret, ObjectNode old, RequestContext context) {
        encodeStringData(secret);
        if (text(secret, "type").isEmpty()) {
            secret.put("type", text(old, "type"));
        }
    }

    private static void encodeStringData(ObjectNode secret) {
        Map<String, String> texts = strings(secret, "stringData");
        if (!texts.isEmpty()) {
            ObjectNode data = ensureObject(secret, "data");
            texts.forEach((key, value) -> data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        }
        secret.remove("stringData");
    }

    @Override
    public List<FieldError> validate(ObjectNode secret) {
        Errors errors = new Errors();
        ConfigValidation.secret(secret, errors);
        return errors.list();
    }

    @Override
    public List<FieldError> validateUpdate(ObjectNode secret, ObjectNode old) {
        Errors errors = new Errors();
        ConfigValidation.secret(secret, errors);
        ConfigValidation.secretUpdate(secret, old, errors);
        return errors.list();
    }

    @Override
    public boolean separatesStatus() {
        return false;
    }

    @Override
    public boolean tracksGeneration() {
        return false;
    }
}
