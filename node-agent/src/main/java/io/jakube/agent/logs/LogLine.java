package io.jakube.agent.logs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * One entry of a container log in CRI's format: {@code <RFC 3339 time> <stdout|stderr> <F|P> <content>}; {@code P} marks a part of a line that
 * goes on in the next entry.
 *
 * @param timestamp as written
 * @param content without a line end unless the entry is full, then with one
 */
public record LogLine(String timestamp, boolean stderr, byte[] content) {
    /** Parses one line without its line end; empty if it is not in CRI's format. */
    public static Optional<LogLine> parse(byte[] line, int from, int to) {
        int first = indexOf(line, (byte) ' ', from, to);
        int second = first < 0 ? -1 : indexOf(line, (byte) ' ', first + 1, to);
        int third = second < 0 ? -1 : indexOf(line, (byte) ' ', second + 1, to);
        if (third < 0) {
            return Optional.empty();
        }
        boolean partial = line[second + 1] == 'P';
        int length = to - third - 1;
        byte[] content = new byte[partial ? length : length + 1];
        System.arraycopy(line, third + 1, content, 0, length);
        if (!partial) {
            content[length] = '\n';
        }
        String stream = new String(line, first + 1, second - first - 1, StandardCharsets.US_ASCII);
        return Optional.of(new LogLine(new String(line, from, first - from, StandardCharsets.US_ASCII), stream.equals("stderr"), content));
    }

    /** The time of the entry; the epoch if it cannot be read. */
    public Instant time() {
        try {
            return java.time.OffsetDateTime.parse(timestamp).toInstant();
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    private static int indexOf(byte[] bytes, byte wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
