package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.has;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.quantity.Quantity;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values of a form that many types share: ports, addresses, percentages, user ids, file modes, quantities. */
final class Formats {
    private static final Pattern PERCENT = Pattern.compile("[0-9]{1,9}%");
    private static final Pattern HEADER = Pattern.compile("[-A-Za-z0-9]+");

    private Formats() {}

    static void port(FieldPath field, long port, Errors errors) {
        errors.inRange(field, port, 1, 65535);
    }

    /** A port's number, or the name a container gives it. */
    static void portNumberOrName(FieldPath field, @Nullable JsonNode port, Errors errors) {
        if (port != null && port.isTextual()) {
            errors.invalid(field, port.textValue(), Names.portName(port.textValue()));
        } else {
            port(field, port == null ? 0 : port.longValue(), errors);
        }
    }

    static void id(FieldPath field, ObjectNode parent, String name, Errors errors) {
        if (has(parent, name)) {
            errors.inRange(field.child(name), parent.get(name).longValue(), 0, Integer.MAX_VALUE);
        }
    }

    static void ip(FieldPath field, String address, Errors errors) {
        if (!isIp(address)) {
            errors.invalid(field, address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
    }

    static boolean isIp(String address) {
        return isIpv4(address) || isIpv6(address);
    }

    static boolean isIpv4(String address) {
        String[] parts = address.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (!part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }

    static boolean isIpv6(String address) {
        if (address.length() > 45 || address.indexOf(':') < 0 || !address.matches("[0-9a-fA-F:.]+")) {
            return false;
        }
        try {
            return InetAddress.ofLiteral(address) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static void cidr(FieldPath field, String cidr, Errors errors) {
        if (!isCidr(cidr)) {
            errors.invalid(field, cidr, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
    }

    static boolean isCidr(String cidr) {
        int slash = cidr.indexOf('/');
        if (slash < 0 || !cidr.substring(slash + 1).matches("[0-9]{1,3}")) {
            return false;
        }
        int length = Integer.parseInt(cidr.substring(slash + 1));
        String address = cidr.substring(0, slash);
        return (isIpv4(address) && length <= 32) || (isIpv6(address) && length <= 128);
    }

    /** A count of zero or more, or a percentage of any size. */
    static void countOrPercent(FieldPath field, @Nullable JsonNode value, Errors errors) {
        if (value != null && value.isTextual()) {
            if (!PERCENT.matcher(value.textValue()).matches()) {
                errors.invalid(field, value.textValue(), "a valid percent string must be a numeric string followed by an ending '%'" + Names.regex("[0-9]+%", "1%", "93%"));
            }
        } else if (value != null && value.isNumber()) {
            errors.notNegative(field, value.longValue());
        }
    }

    /** A percentage of at most a hundred. */
    static void notMoreThanAll(FieldPath field, @Nullable JsonNode value, Errors errors) {
        if (percent(value) > 100) {
            errors.invalid(field, value == null ? null : value.textValue(), "must not be greater than 100%");
        }
    }

    /** The number before a percent sign; -1 where the value is no percentage. */
    static int percent(@Nullable JsonNode value) {
        if (value == null || !value.isTextual() || !PERCENT.matcher(value.textValue()).matches()) {
            return -1;
        }
        return Integer.parseInt(value.textValue(), 0, value.textValue().length() - 1, 10);
    }

    /** Whether a count or percentage is zero. */
    static boolean isZero(@Nullable JsonNode value) {
        return value != null && (value.isTextual() ? percent(value) == 0 : value.longValue() == 0);
    }

    static void httpHeader(FieldPath field, String name, Errors errors) {
        if (!HEADER.matcher(name).matches()) {
            errors.invalid(field, name, "a valid HTTP header must consist of alphanumeric characters or '-'" + Names.regex("[-A-Za-z0-9]+", "X-Header-Name"));
        }
    }

    static void fileMode(FieldPath field, ObjectNode parent, String name, Errors errors) {
        if (has(parent, name)) {
            long mode = parent.get(name).longValue();
            if (mode < 0 || mode > 0777) {
                errors.invalid(field.child(name), mode, "must be a number between 0 and 0777 (octal), both inclusive");
            }
        }
    }

    /** A relative path that stays below where it starts. */
    static void localPath(FieldPath field, String path, Errors errors) {
        if (path.startsWith("/")) {
            errors.invalid(field, path, "must be a relative path");
        }
        noBacksteps(field, path, errors);
    }

    /** A {@link #localPath} whose first part does not look like the names the node keeps for itself. */
    static void localUnreservedPath(FieldPath field, String path, Errors errors) {
        localPath(field, path, errors);
        if (path.startsWith("..") && !path.startsWith("../")) {
            errors.invalid(field, path, "must not start with '..'");
        }
    }

    static void noBacksteps(FieldPath field, String path, Errors errors) {
        if (List.of(path.split("/", -1)).contains("..")) {
            errors.invalid(field, path, "must not contain '..'");
        }
    }

    /** A quantity; reported and empty where the text is none. */
    static Optional<Quantity> quantity(FieldPath field, @Nullable JsonNode value, Errors errors) {
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Quantity.parse(value.asText()));
        } catch (IllegalArgumentException e) {
            errors.invalid(field, value.asText(), Quantity.SYNTAX);
            return Optional.empty();
        }
    }

    static void notNegative(FieldPath field, @Nullable JsonNode value, Errors errors) {
        quantity(field, value, errors).filter(quantity -> quantity.signum() < 0).ifPresent(quantity -> errors.invalid(field, quantity.toString(), Errors.NEGATIVE));
    }

    /** An enumeration: required, and one of the supported values. */
    static void oneOf(FieldPath field, String value, Errors errors, String... supported) {
        if (value.isEmpty()) {
            errors.required(field, "");
        } else if (!List.of(supported).contains(value)) {
            errors.notSupported(field, value, supported);
        }
    }

    /** An enumeration that may be absent. */
    static void optionalOneOf(FieldPath field, String value, Errors errors, String... supported) {
        if (!value.isEmpty() && !List.of(supported).contains(value)) {
            errors.notSupported(field, value, supported);
        }
    }
}
