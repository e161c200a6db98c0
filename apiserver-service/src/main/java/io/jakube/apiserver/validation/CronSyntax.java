package io.jakube.apiserver.validation;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The schedule of a CronJob: five fields, or a descriptor such as {@code @daily} or {@code @every 1h30m} (API reference, batch/v1 CronJob). */
final class CronSyntax {
    private static final List<String> DESCRIPTORS = List.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
    private static final Pattern DURATION = Pattern.compile("([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+");
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

    /** One of the five fields. @param firstName value of the first of the names */
    private record Field(int min, int max, List<String> names, int firstName) {}

    private static final List<Field> FIELDS = List.of(new Field(0, 59, List.of(), 0), new Field(0, 23, List.of(), 0), new Field(1, 31, List.of(), 0),
            new Field(1, 12, MONTHS, 1), new Field(0, 6, DAYS, 0));

    private CronSyntax() {}

    /** What is wrong with a schedule; empty where it is right. */
    static Optional<String> problem(String schedule) {
        if (schedule.startsWith("@")) {
            boolean known = DESCRIPTORS.contains(schedule) || (schedule.startsWith("@every ") && DURATION.matcher(schedule.substring(7)).matches());
            return known ? Optional.empty() : Optional.of("unrecognized descriptor: " + schedule);
        }
        String[] parts = schedule.strip().split("\\s+");
        if (parts.length != FIELDS.size()) {
            return Optional.of("expected exactly 5 fields, found " + parts.length + ": [" + String.join(" ", parts) + "]");
        }
        for (int i = 0; i < parts.length; i++) {
            for (String range : parts[i].split(",", -1)) {
                Optional<String> problem = range(range, FIELDS.get(i));
                if (problem.isPresent()) {
                    return problem;
                }
            }
        }
        return Optional.empty();
    }

    /** {@code *}, {@code ?}, a value or {@code from-to}, optionally stepped by {@code /n}. */
    private static Optional<String> range(String text, Field field) {
        String[] stepped = text.split("/", -1);
        String[] ends = stepped[0].split("-", -1);
        if (stepped.length > 2) {
            return Optional.of("too many slashes: " + text);
        }
        if (stepped.length == 2 && (!stepped[1].matches("[0-9]{1,9}") || Integer.parseInt(stepped[1]) == 0)) {
            return Optional.of(stepped[1].matches("0+") ? "step of range should be a positive number: " + text : "failed to parse int from " + stepped[1]);
        }
        if (ends.length == 1 && (ends[0].equals("*") || ends[0].equals("?"))) {
            return Optional.empty();
        }
        if (ends.length > 2) {
            return Optional.of("too many hyphens: " + text);
        }
        int start = value(ends[0], field);
        int end = ends.length == 2 ? value(ends[1], field) : stepped.length == 2 ? field.max() : start;
        if (start < 0 || end < 0) {
            return Optional.of("failed to parse int from " + (start < 0 ? ends[0] : ends[1]));
        }
        if (start < field.min()) {
            return Optional.of("beginning of range (" + start + ") below minimum (" + field.min() + "): " + text);
        }
        if (end > field.max()) {
            return Optional.of("end of range (" + end + ") above maximum (" + field.max() + "): " + text);
        }
        return start > end ? Optional.of("beginning of range (" + start + ") beyond end of range (" + end + "): " + text) : Optional.empty();
    }

    private static int value(String text, Field field) {
        int name = field.names().indexOf(text.toLowerCase(Locale.ROOT));
        if (name >= 0) {
            return name + field.firstName();
        }
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
    }
}
