package io.jakube.controller.cronjob;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A schedule in the standard cron format of CronJobs (five fields, names, ranges, steps, lists, {@code ?}, and {@code @hourly} and its like). Where both
 * day fields are restricted either suffices, as cron has it. Immutable.
 */
final class CronSchedule {
    private static final int YEARS_AHEAD = 5;
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet daysOfMonth;
    private final BitSet months;
    private final BitSet daysOfWeek;
    private final boolean anyDayOfMonth;
    private final boolean anyDayOfWeek;
    private final Duration every;

    private CronSchedule(String[] fields) {
        minutes = parse(fields[0], 0, 59, List.of());
        hours = parse(fields[1], 0, 23, List.of());
        daysOfMonth = parse(fields[2], 1, 31, List.of());
        months = parse(fields[3], 1, 12, MONTHS);
        daysOfWeek = parse(fields[4], 0, 7, DAYS);
        if (daysOfWeek.get(7)) {
            daysOfWeek.set(0);
        }
        anyDayOfMonth = isAny(fields[2]);
        anyDayOfWeek = isAny(fields[4]);
        every = Duration.ZERO;
    }

    private CronSchedule(Duration every) {
        this.every = every;
        minutes = new BitSet();
        hours = minutes;
        daysOfMonth = minutes;
        months = minutes;
        daysOfWeek = minutes;
        anyDayOfMonth = true;
        anyDayOfWeek = true;
    }

    /** @throws IllegalArgumentException saying what is wrong with the text */
    static CronSchedule parse(String text) {
        String schedule = switch (text.strip()) {
            case "@yearly", "@annually" -> "0 0 1 1 *";
            case "@monthly" -> "0 0 1 * *";
            case "@weekly" -> "0 0 * * 0";
            case "@daily", "@midnight" -> "0 0 * * *";
            case "@hourly" -> "0 * * * *";
            default -> text.strip();
        };
        if (schedule.startsWith("@every ")) {
            return new CronSchedule(duration(schedule.substring(7).strip()));
        }
        String[] fields = schedule.split("\\s+");
        if (fields.length != 5) {
            throw new IllegalArgumentException("expected exactly 5 fields, found " + fields.length + ": [" + String.join(" ", fields) + "]");
        }
        return new CronSchedule(fields);
    }

    private static Duration duration(String text) {
        try {
            Duration duration = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
            return duration.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : Duration.ofSeconds(duration.toSeconds());
        } catch (java.time.format.DateTimeParseException e) {
            throw new IllegalArgumentException("failed to parse duration @every " + text, e);
        }
    }

    private static boolean isAny(String field) {
        return field.startsWith("*") || field.startsWith("?");
    }

    private static BitSet parse(String field, int min, int max, List<String> names) {
        BitSet set = new BitSet();
        for (String part : field.split(",")) {
            String[] rangeAndStep = part.split("/", -1);
            if (rangeAndStep.length > 2) {
                throw new IllegalArgumentException("too many slashes: " + part);
            }
            int from;
            int to;
            String range = rangeAndStep[0];
            if (range.equals("*") || range.equals("?")) {
                from = min;
                to = max;
            } else {
                String[] ends = range.split("-", -1);
                if (ends.length > 2) {
                    throw new IllegalArgumentException("too many hyphens: " + part);
                }
                from = number(ends[0], min, names);
                to = ends.length == 2 ? number(ends[1], min, names) : rangeAndStep.length == 2 ? max : from;
            }
            int step = rangeAndStep.length == 2 ? number(rangeAndStep[1], 0, List.of()) : 1;
            if (from < min) {
                throw new IllegalArgumentException("beginning of range (" + from + ") below minimum (" + min + "): " + part);
            }
            if (to > max) {
                throw new IllegalArgumentException("end of range (" + to + ") above maximum (" + max + "): " + part);
            }
            if (from > to) {
                throw new IllegalArgumentException("beginning of range (" + from + ") beyond end of range (" + to + "): " + part);
            }
            if (step == 0) {
                throw new IllegalArgumentException("step of range should be a positive number: " + part);
            }
            for (int value = from; value <= to; value += step) {
                set.set(value);
            }
        }
        return set;
    }

    private static int number(String text, int min, List<String> names) {
        int index = names.indexOf(text.toLowerCase(Locale.ROOT));
        if (index >= 0) {
            return index + min;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("failed to parse int from " + text, e);
        }
        throw new IllegalArgumentException("negative number (" + text + ") not allowed");
    }

    /** The first time after an instant; empty where there is none within five years. */
    Optional<Instant> next(Instant after, ZoneId zone) {
        if (!every.isZero()) {
            return Optional.of(after.truncatedTo(ChronoUnit.SECONDS).plus(every));
        }
        ZonedDateTime time = after.atZone(zone).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        int lastYear = time.getYear() + YEARS_AHEAD;
        while (time.getYear() <= lastYear) {
            if (!months.get(time.getMonthValue())) {
                time = time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
            } else if (!dayMatches(time)) {
                time = time.truncatedTo(ChronoUnit.DAYS).plusDays(1);
            } else if (!hours.get(time.getHour())) {
                time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!minutes.get(time.getMinute())) {
                time = time.plusMinutes(1);
            } else {
                return Optional.of(time.toInstant());
            }
        }
        return Optional.empty();
    }

    private boolean dayMatches(ZonedDateTime time) {
        boolean ofMonth = daysOfMonth.get(time.getDayOfMonth());
        boolean ofWeek = daysOfWeek.get(time.getDayOfWeek() == DayOfWeek.SUNDAY ? 0 : time.getDayOfWeek().getValue());
        return anyDayOfMonth || anyDayOfWeek ? ofMonth && ofWeek : ofMonth || ofWeek;
    }
}
