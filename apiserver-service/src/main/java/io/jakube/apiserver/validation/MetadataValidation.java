package io.jakube.apiserver.validation;

import io.jakube.common.status.FieldError;
import java.util.Locale;
import java.util.Map;

/** Labels and annotations, as objects and pod templates carry them. */
public final class MetadataValidation {
    private static final int MAX_ANNOTATIONS = 256 * 1024;

    private MetadataValidation() {}

    /** A map of labels, as {@code metadata.labels} or a plain selector hold it. */
    public static void labels(Map<String, String> labels, FieldPath field, Errors errors) {
        labels.forEach((key, value) -> {
            labelName(key, field, errors);
            errors.invalid(field, value, Names.labelValue(value));
        });
    }

    static void labelName(String name, FieldPath field, Errors errors) {
        errors.invalid(field, name, Names.qualifiedName(name));
    }

    /** A map of annotations: their names, and their size altogether. */
    public static void annotations(Map<String, String> annotations, FieldPath field, Errors errors) {
        long size = 0;
        for (Map.Entry<String, String> annotation : annotations.entrySet()) {
            size += annotation.getKey().length() + (long) annotation.getValue().length();
            errors.invalid(field, annotation.getKey(), Names.qualifiedName(annotation.getKey().toLowerCase(Locale.ROOT)));
        }
        if (size > MAX_ANNOTATIONS) {
            errors.add(FieldError.tooLong(field.toString(), MAX_ANNOTATIONS));
        }
    }
}
