package io.jakube.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.events.ScalarEvent;

/** What a YAML scalar is in JSON. */
final class YamlScalars {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> TRUE = Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> FALSE = Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    private static final Pattern INTEGER = Pattern.compile("[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?");
    private static final int MAX_NUMBER_LENGTH = 400;

    private YamlScalars() {}

    static JsonNode resolve(ScalarEvent scalar) {
        String text = scalar.getValue();
        String tag = scalar.getTag();
        boolean plain = scalar.isPlain() && (tag == null || tag.equals("!"));
        boolean typed = tag != null && (tag.endsWith(":int") || tag.endsWith(":float") || tag.endsWith(":bool") || tag.endsWith(":null"));
        return plain || typed ? plain(text) : NODES.textNode(text);
    }

    private static JsonNode plain(String text) {
        if (NULL.contains(text)) {
            return NODES.nullNode();
        }
        if (TRUE.contains(text)) {
            return NODES.booleanNode(true);
        }
        if (FALSE.contains(text)) {
            return NODES.booleanNode(false);
        }
        char first = text.charAt(0);
        if (text.length() > MAX_NUMBER_LENGTH || !(first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.')) {
            return NODES.textNode(text);
        }
        String digits = text.replace("_", "");
        if (INTEGER.matcher(digits).matches()) {
            return integer(digits);
        }
        if (FLOAT.matcher(digits).matches()) {
            BigDecimal number = new BigDecimal(digits);
            return number.stripTrailingZeros().scale() <= 0 ? whole(number.toBigInteger()) : NODES.numberNode(number.doubleValue());
        }
        return NODES.textNode(text);
    }

    private static JsonNode integer(String text) {
        boolean negative = text.charAt(0) == '-';
        String digits = negative || text.charAt(0) == '+' ? text.substring(1) : text;
        int radix = 10;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            char mark = Character.toLowerCase(digits.charAt(1));
            radix = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
            digits = digits.substring(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
        }
        BigInteger value = new BigInteger(digits, radix);
        return whole(negative ? value.negate() : value);
    }

    private static JsonNode whole(BigInteger value) {
        if (value.bitLength() < 32) {
            return NODES.numberNode(value.intValue());
        }
        return value.bitLength() < 64 ? NODES.numberNode(value.longValue()) : NODES.numberNode(value);
    }
}
