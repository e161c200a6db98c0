package io.jakube.agent.env;

import java.util.Map;

/**
 * {@code $(NAME)} references in commands, arguments and variable values: replaced where the variable is known, kept as written where it
 * is not; {@code $$} is an escaped dollar sign (API reference, Container {@code command}).
 */
public final class VariableExpansion {
    private VariableExpansion() {}

    public static String expand(String text, Map<String, String> variables) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '$' || at + 1 == text.length()) {
                out.append(c);
                at++;
            } else if (text.charAt(at + 1) == '$') {
                out.append('$');
                at += 2;
            } else if (text.charAt(at + 1) == '(') {
                int close = text.indexOf(')', at + 2);
                if (close < 0) {
                    out.append("$(");
                    at += 2;
                } else {
                    String name = text.substring(at + 2, close);
                    String value = variables.get(name);
                    out.append(value == null ? "$(" + name + ")" : value);
                    at = close + 1;
                }
            } else {
                out.append('$');
                at++;
            }
        }
        return out.toString();
    }
}
