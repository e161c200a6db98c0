package io.jakube.common.quantity;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * A fixed-point number with a unit suffix, as the API reference's Quantity: {@code 100m}, {@code 1.5Gi}, {@code 12e6}. Immutable.
 *
 * <p>Precision is nano (further digits round away from zero), magnitude is capped at 2<sup>63</sup>-1. Integers, the common case, are held and computed
 * as a {@code long}. Equality and order are by value: {@code 1} equals {@code 1000m}.
 */
public final class Quantity implements Comparable<Quantity> {
    /** How a quantity is written. */
    public enum Format {
        /** {@code 12e6}. */
        DECIMAL_EXPONENT,
        /** Powers of 1024: {@code 12Mi}. */
        BINARY_SI,
        /** Powers of 1000: {@code 12M}. */
        DECIMAL_SI
    }

    public static final Quantity ZERO = new Quantity(0, null, Format.DECIMAL_SI);

    /** What the API answers for text that is no quantity. */
    public static final String SYNTAX = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    private static final String DECIMAL_SUFFIXES = "num kMGTPE";
    private static final String BINARY_SUFFIXES = " KMGTPE";
    private static final int MAX_TEXT = 256;
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    /** The value where {@link #exact} is null. */
    private final long integer;

    private final @Nullable BigDecimal exact;
    private final Format format;

    private Quantity(long integer, @Nullable BigDecimal exact, Format format) {
        this.integer = integer;
        this.exact = exact;
        this.format = requireNonNull(format, "format is null");
    }

    public static Quantity of(long value) {
        return new Quantity(value, null, Format.DECIMAL_SI);
    }

    public static Quantity of(long value, Format format) {
        return new Quantity(value, null, format);
    }

    public static Quantity ofMilli(long milli) {
        return of(BigDecimal.valueOf(milli, 3), Format.DECIMAL_SI);
    }

    private static Quantity of(BigDecimal value, Format format) {
        BigDecimal rounded = value.scale() > 9 ? value.setScale(9, RoundingMode.UP) : value;
        if (rounded.abs().compareTo(MAX) > 0) {
            rounded = rounded.signum() > 0 ? MAX : MAX.negate();
        }
        if (rounded.signum() == 0) {
            return new Quantity(0, null, format);
        }
        BigDecimal stripped = rounded.stripTrailingZeros();
        return stripped.scale() <= 0 ? new Quantity(stripped.longValueExact(), null, format) : new Quantity(0, stripped, format);
    }

    /**
     * @throws IllegalArgumentException with {@link #SYNTAX} as its message where the text is no quantity
     */
    public static Quantity parse(String text) {
        int length = text.length();
        if (length == 0 || length > MAX_TEXT) {
            throw new IllegalArgumentException(SYNTAX);
        }
        int at = text.charAt(0) == '+' || text.charAt(0) == '-' ? 1 : 0;
        int numberEnd = at;
        boolean plain = true;
        while (numberEnd < length && (isDigit(text.charAt(numberEnd)) || text.charAt(numberEnd) == '.')) {
            plain &= text.charAt(numberEnd) != '.';
            numberEnd++;
        }
        if (numberEnd == at) {
            throw new IllegalArgumentException(SYNTAX);
        }
        if (numberEnd == length && plain && length <= 18) {
            return of(Long.parseLong(text));
        }
        String suffix = text.substring(numberEnd);
        if (!suffix.matches("[eEinumkKMGTP]*[-+]?[0-9]*")) {
            throw new IllegalArgumentException(SYNTAX);
        }
        BigDecimal number = number(text.substring(0, numberEnd));
        return withSuffix(number, suffix);
    }

    /** The canonical form of a quantity's text; text that is no quantity is returned as it is. */
    public static String canonical(String text) {
        try {
            return parse(text).toString();
        } catch (IllegalArgumentException _) {
            return text;
        }
    }

    private static BigDecimal number(String text) {
        if (text.indexOf('.') != text.lastIndexOf('.') || !text.chars().anyMatch(Character::isDigit)) {
            throw new IllegalArgumentException(SYNTAX);
        }
        return new BigDecimal(text);
    }

    private static Quantity withSuffix(BigDecimal number, String suffix) {
        if (suffix.isEmpty()) {
            return of(number, Format.DECIMAL_SI);
        }
        if (suffix.length() == 2 && suffix.charAt(1) == 'i') {
            int power = BINARY_SUFFIXES.indexOf(suffix.charAt(0));
            if (power > 0) {
                BigDecimal value = number.multiply(new BigDecimal(BigInteger.ONE.shiftLeft(10 * power)));
                boolean fraction = value.signum() > 0 && value.compareTo(BigDecimal.ONE) < 0;
                return of(value, fraction ? Format.DECIMAL_SI : Format.BINARY_SI);
            }
        }
        if (suffix.length() == 1) {
            int power = DECIMAL_SUFFIXES.indexOf(suffix.charAt(0));
            if (power >= 0 && power != 3) {
                return of(number.scaleByPowerOfTen(3 * (power - 3)), Format.DECIMAL_SI);
            }
        }
        if (suffix.length() > 1 && (suffix.charAt(0) == 'e' || suffix.charAt(0) == 'E') && suffix.length() <= 5) {
            try {
                // Longer exponents are refused: their powers would take memory without bound.
                return of(number.scaleByPowerOfTen(Integer.parseInt(suffix, 1, suffix.length(), 10)), Format.DECIMAL_EXPONENT);
            } catch (NumberFormatException _) {
                throw new IllegalArgumentException(SYNTAX);
            }
        }
        throw new IllegalArgumentException(SYNTAX);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    public Format format() {
        return format;
    }

    /** The value, rounded up to an integer (away from zero). */
    public long value() {
        return exact == null ? integer : exact.setScale(0, RoundingMode.UP).longValueExact();
    }

    /** Thousandths, rounded up, capped at the range of a {@code long}. */
    public long milliValue() {
        if (exact == null && Math.abs(integer) < Long.MAX_VALUE / 1000) {
            return integer * 1000;
        }
        BigDecimal milli = amount().movePointRight(3).setScale(0, RoundingMode.UP);
        return milli.abs().compareTo(MAX) > 0 ? (milli.signum() > 0 ? Long.MAX_VALUE : -Long.MAX_VALUE) : milli.longValueExact();
    }

    public BigDecimal amount() {
        return exact == null ? BigDecimal.valueOf(integer) : exact;
    }

    public boolean isInteger() {
        return exact == null;
    }

    /** Rounded up (away from zero) to a thousandth, as requests and limits are kept. */
    public Quantity roundUpToMilli() {
        return exact == null || exact.scale() <= 3 ? this : of(exact.setScale(3, RoundingMode.UP), format);
    }

    public int signum() {
        return exact == null ? Long.signum(integer) : exact.signum();
    }

    public boolean isZero() {
        return signum() == 0;
    }

    /** The sum, in this quantity's format, or the other's where this is zero. */
    public Quantity add(Quantity other) {
        Format sumFormat = isZero() ? other.format : format;
        if (exact == null && other.exact == null) {
            long sum = integer + other.integer;
            if (((integer ^ sum) & (other.integer ^ sum)) >= 0) {
                return new Quantity(sum, null, sumFormat);
            }
        }
        return of(amount().add(other.amount()), sumFormat);
    }

    public Quantity minus(Quantity other) {
        return add(other.negate());
    }

    public Quantity negate() {
        return exact == null && integer != Long.MIN_VALUE ? new Quantity(-integer, null, format) : of(amount().negate(), format);
    }

    @Override
    public int compareTo(Quantity other) {
        return exact == null && other.exact == null ? Long.compare(integer, other.integer) : amount().compareTo(other.amount());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Quantity quantity && compareTo(quantity) == 0;
    }

    @Override
    public int hashCode() {
        return exact == null ? Long.hashCode(integer) : exact.hashCode();
    }

    /** The canonical form: no precision lost, no fraction, the largest suffix possible. */
    @Override
    public String toString() {
        if (isZero()) {
            return "0";
        }
        boolean binary = format == Format.BINARY_SI && exact == null && (integer >= 1024 || integer <= -1024);
        return binary ? binaryText() : decimalText();
    }

    private String binaryText() {
        long mantissa = integer;
        int power = 0;
        while (mantissa % 1024 == 0 && power < 6) {
            mantissa /= 1024;
            power++;
        }
        return power == 0 ? Long.toString(mantissa) : mantissa + BINARY_SUFFIXES.substring(power, power + 1) + "i";
    }

    private String decimalText() {
        BigDecimal stripped = amount().stripTrailingZeros();
        int exponent = Math.floorDiv(-stripped.scale(), 3) * 3;
        String mantissa = stripped.movePointLeft(exponent).toBigIntegerExact().toString();
        if (exponent == 0) {
            return mantissa;
        }
        return format == Format.DECIMAL_EXPONENT ? mantissa + "e" + exponent : mantissa + DECIMAL_SUFFIXES.charAt(exponent / 3 + 3);
    }
}
