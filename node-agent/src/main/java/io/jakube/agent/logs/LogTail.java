package io.jakube.agent.logs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The end of a log file. */
public final class LogTail {
    private static final int BLOCK = 8192;

    private LogTail() {}

    /** At most that many lines and bytes of content from the end; empty if the file cannot be read. */
    public static String text(Path file, int maxLines, int maxBytes) {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long from = offsetOfLastLines(in, maxLines);
            byte[] raw = new byte[(int) Math.min(in.length() - from, 1 << 20)];
            in.seek(in.length() - raw.length);
            in.readFully(raw);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int start = 0;
            for (int i = 0; i < raw.length; i++) {
                if (raw[i] == '\n') {
                    LogLine.parse(raw, start, i).ifPresent(line -> out.writeBytes(line.content()));
                    start = i + 1;
                }
            }
            byte[] all = out.toByteArray();
            int skip = Math.max(0, all.length - maxBytes);
            return new String(all, skip, all.length - skip, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** The offset at which the last {@code lines} entries of the file begin. */
    static long offsetOfLastLines(RandomAccessFile in, long lines) throws IOException {
        if (lines <= 0) {
            return in.length();
        }
        long end = in.length();
        long seen = 0;
        byte[] block = new byte[BLOCK];
        long at = end;
        while (at > 0) {
            int size = (int) Math.min(BLOCK, at);
            at -= size;
            in.seek(at);
            in.readFully(block, 0, size);
            for (int i = size - 1; i >= 0; i--) {
                if (block[i] == '\n' && at + i != end - 1 && ++seen == lines) {
                    return at + i + 1;
                }
            }
        }
        return 0;
    }
}
