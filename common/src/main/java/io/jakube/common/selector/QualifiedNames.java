package io.jakube.common.selector;

import java.util.regex.Pattern;

/** The syntax of label keys and values (API concepts, "Labels and Selectors"). */
final class QualifiedNames {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern PREFIX = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final int MAX_PREFIX = 253;

    private QualifiedNames() {}

    static boolean valid(String key) {
        int slash = key.indexOf('/');
        if (slash >= 0) {
            String prefix = key.substring(0, slash);
            if (prefix.length() > MAX_PREFIX || !PREFIX.matcher(prefix).matches()) {
                return false;
            }
        }
        return NAME.matcher(key.substring(slash + 1)).matches();
    }

    static boolean validLabelValue(String value) {
        return value.isEmpty() || NAME.matcher(value).matches();
    }
}
