package io.jakube.common.quantity;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * A fixed-point amount as the API writes it: {@code 500m}, {@code 1Gi}, {@code 12e6} (API reference, "Quantity"). Precision is a billionth, rounded up away
 * from zero; amounts beyond 2^63-1 are capped. {@link #toString} is the canonical form: no fractional digits, the largest possible suffix.
 * Compares by amount alone; {@code equals} asks for the same canonical text.
 */
public final class Quantity implements Comparable<Quantity> {
    /** What the API answers for text that is no quantity. */
    public static final String SYNTAX = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final BigInteger KIBI = BigInteger.valueOf(1024);
    private static final String DECIMAL_SUFFIXES = "num kMGTPE";
    private static final String BINARY_SUFFIXES = "KMGTPE";

    public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Format.DECIMAL_SI);

    private enum Format {
        DECIMAL_SI,
        BINARY_SI,
        DECIMAL_EXPONENT
    }

    private final BigDecimal amount;
    private final Format format;

    private Quantity(BigDecimal amount, Format format) {
        BigDecimal rounded = amount.scale() > 9 ? amount.setScale(9, RoundingMode.UP) : amount;
        this.amount = rounded.abs().compareTo(MAX) > 0 ? MAX.multiply(BigDecimal.valueOf(rounded.signum())) : rounded;
        this.format = format;
    }

    /**
     * Parses a quantity.
     *
     * @throws IllegalArgumentException with {@link #SYNTAX} as its message where the text is none
     */
    public static Quantity parse(String text) {
        requireNonNull(text, "text is null");
        int end = 0;
        if (end < text.length() && (text.charAt(end) == '+' || text.charAt(end) == '-')) {
            end++;
        }
        int digits = 0;
        int points = 0;
        for (; end < text.length(); end++) {
            char c = text.charAt(end);
            if (c == '.') {
                points++;
            } else if (c >= '0' && c <= '9') {
                digits++;
            } else {
                break;
            }
        }
        if (digits == 0 || points > 1 || text.length() > 256) {
            throw new IllegalArgumentException(SYNTAX);
        }
        BigDecimal number = new BigDecimal(text.substring(0, end));
        String suffix = text.substring(end);
        if (suffix.isEmpty()) {
            return new Quantity(number, Format.DECIMAL_SI);
        }
        if (suffix.length() == 2 && suffix.charAt(1) == 'i' && BINARY_SUFFIXES.indexOf(suffix.charAt(0)) >= 0) {
            return new Quantity(number.multiply(new BigDecimal(KIBI.pow(BINARY_SUFFIXES.indexOf(suffix.charAt(0)) + 1))), Format.BINARY_SI);
        }
        int position = suffix.length() == 1 && suffix.charAt(0) != ' ' ? DECIMAL_SUFFIXES.indexOf(suffix.charAt(0)) : -1;
        if (position >= 0) {
            return new Quantity(number.scaleByPowerOfTen(3 * (position - 3)), Format.DECIMAL_SI);
        }
        return new Quantity(number.scaleByPowerOfTen(exponent(suffix)), Format.DECIMAL_EXPONENT);
    }

    public static Quantity of(long amount) {
        return new Quantity(BigDecimal.valueOf(amount), Format.DECIMAL_SI);
    }

    /** The canonical form of a quantity's text; text that is no quantity is returned as it is. */
    public static String canonical(String text) {
        try {
            return parse(text).toString();
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    public BigDecimal amount() {
        return amount;
    }

    public int signum() {
        return amount.signum();
    }

    public boolean isInteger() {
        return amount.signum() == 0 || amount.stripTrailingZeros().scale() <= 0;
    }

    public Quantity add(Quantity other) {
        return new Quantity(amount.add(other.amount), signum() == 0 ? other.format : format);
    }

    /** Rounded up (away from zero) to a thousandth, as requests and limits are kept. */
    public Quantity roundUpToMilli() {
        return amount.scale() <= 3 ? this : new Quantity(amount.setScale(3, RoundingMode.UP), format);
    }

    @Override
    public int compareTo(Quantity other) {
        return amount.compareTo(other.amount);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Quantity quantity && toString().equals(quantity.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** The canonical form. */
    @Override
    public String toString() {
        if (amount.signum() == 0) {
            return "0";
        }
        BigDecimal stripped = amount.stripTrailingZeros();
        if (format == Format.BINARY_SI && stripped.scale() <= 0 && stripped.abs().compareTo(new BigDecimal(KIBI)) >= 0) {
            return binary(stripped.toBigIntegerExact());
        }
        int exponent = Math.floorDiv(-stripped.scale(), 3) * 3;
        BigInteger mantissa = stripped.scaleByPowerOfTen(-exponent).toBigIntegerExact();
        if (exponent == 0) {
            return mantissa.toString();
        }
        return format == Format.DECIMAL_EXPONENT ? mantissa + "e" + exponent : mantissa.toString() + DECIMAL_SUFFIXES.charAt(exponent / 3 + 3);
    }

    private static String binary(BigInteger value) {
        int power = 0;
        BigInteger rest = value;
        while (power < BINARY_SUFFIXES.length() && rest.remainder(KIBI).signum() == 0) {
            rest = rest.divide(KIBI);
            power++;
        }
        return power == 0 ? rest.toString() : rest.toString() + BINARY_SUFFIXES.charAt(power - 1) + "i";
    }

    private static int exponent(String suffix) {
        char first = suffix.charAt(0);
        if ((first != 'e' && first != 'E') || suffix.length() < 2 || suffix.length() > 5) {
            throw new IllegalArgumentException(SYNTAX);
        }
        try {
            return Integer.parseInt(suffix, 1, suffix.length(), 10);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(SYNTAX, e);
        }
    }
}
