package io.jakube.controller.pods;

import io.fabric8.kubernetes.api.model.IntOrString;
import org.jspecify.annotations.Nullable;

/** Numbers as the API has them. */
public final class Numbers {
    private Numbers() {}

    public static int orZero(@Nullable Integer value) {
        return value == null ? 0 : value;
    }

    public static long orZero(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    /** Null for zero: fields that are left out when they are zero. */
    public static @Nullable Integer omitZero(int value) {
        return value == 0 ? null : value;
    }

    /**
     * An absolute number or a percentage of a total.
     *
     * @param value null counts as zero
     */
    public static int scaled(@Nullable IntOrString value, int total, boolean roundUp) {
        if (value == null) {
            return 0;
        }
        if (value.getStrVal() == null) {
            return orZero(value.getIntVal());
        }
        String text = value.getStrVal();
        if (!text.endsWith("%")) {
            return Integer.parseInt(text);
        }
        double exact = Integer.parseInt(text.substring(0, text.length() - 1)) * (double) total / 100;
        return (int) (roundUp ? Math.ceil(exact) : Math.floor(exact));
    }
}
