package io.jakube.agent.resources;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Quantities as the whole numbers the kernel wants, rounded up. A missing quantity is 0. */
public final class Amounts {
    private Amounts() {}

    /** Thousandths of a processor. */
    public static long milli(@Nullable Quantity quantity) {
        return quantity == null ? 0 : scaled(quantity, BigDecimal.valueOf(1000));
    }

    public static long bytes(@Nullable Quantity quantity) {
        return quantity == null ? 0 : scaled(quantity, BigDecimal.ONE);
    }

    static @Nullable Quantity of(@Nullable Map<String, Quantity> map, String name) {
        return map == null ? null : map.get(name);
    }

    private static long scaled(Quantity quantity, BigDecimal factor) {
        return quantity.getNumericalAmount().multiply(factor).setScale(0, RoundingMode.CEILING).longValue();
    }
}
