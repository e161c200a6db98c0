package io.jakube.agent.logs;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Writes a container's log to a client. While following it looks for more every 100 ms, goes on in the new file after a rotation, and ends when
 * the container has.
 */
public final class LogReader {
    private static final int BUFFER = 64 * 1024;
    private static final long POLL_MILLIS = 100;

    private final Path file;
    private final LogOptions options;
    private final OutputStream out;
    private final BooleanSupplier running;
    private long left;
    private boolean lineStart = true;
    private byte[] rest = new byte[0];

    /** @param running whether the container may still write */
    public LogReader(Path file, LogOptions options, OutputStream out, BooleanSupplier running) {
        this.file = requireNonNull(file, "file is null");
        this.options = requireNonNull(options, "options is null");
        this.out = requireNonNull(out, "out is null");
        this.running = requireNonNull(running, "running is null");
        this.left = options.limitBytes().orElse(Long.MAX_VALUE);
    }

    /** Returns when everything wanted is written; an {@link IOException} also means that the client has gone. */
    public void copy() throws IOException, InterruptedException {
        RandomAccessFile in = open();
        try {
            in.seek(options.tailLines().isPresent() ? LogTail.offsetOfLastLines(in, options.tailLines().getAsLong()) : 0);
            while (true) {
                boolean wasRunning = running.getAsBoolean();
                boolean more = drain(in);
                out.flush();
                if (left <= 0) {
                    return;
                }
                if (more) {
                    continue;
                }
                if (isRotated(in)) {
                    drain(in);
                    in.close();
                    in = open();
                    rest = new byte[0];
                    continue;
                }
                if (!options.follow() || !wasRunning) {
                    return;
                }
                Thread.sleep(POLL_MILLIS);
            }
        } finally {
            in.close();
        }
    }

    /** The file may be missing for a moment while it is rotated. */
    private RandomAccessFile open() throws IOException, InterruptedException {
        for (int i = 0; !Files.exists(file) && i < 10; i++) {
            Thread.sleep(POLL_MILLIS);
        }
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return new RandomAccessFile(file.toFile(), "r");
    }

    private boolean isRotated(RandomAccessFile in) throws IOException {
        return options.follow() && Files.exists(file) && Files.size(file) < in.getFilePointer();
    }

    private boolean drain(RandomAccessFile in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        boolean any = false;
        int n;
        while (left > 0 && (n = in.read(buffer)) > 0) {
            any = true;
            byte[] data = new byte[rest.length + n];
            System.arraycopy(rest, 0, data, 0, rest.length);
            System.arraycopy(buffer, 0, data, rest.length, n);
            int start = 0;
            for (int i = rest.length; i < data.length; i++) {
                if (data[i] == '\n') {
                    Optional<LogLine> line = LogLine.parse(data, start, i);
                    if (line.isPresent()) {
                        write(line.get());
                    }
                    start = i + 1;
                }
            }
            rest = java.util.Arrays.copyOfRange(data, start, data.length);
        }
        return any;
    }

    private void write(LogLine line) throws IOException {
        if (left <= 0 || !options.wants(line) || options.since().isPresent() && line.time().isBefore(options.since().get())) {
            return;
        }
        if (options.timestamps() && lineStart) {
            write((line.timestamp() + " ").getBytes(StandardCharsets.US_ASCII));
        }
        write(line.content());
        lineStart = line.content().length > 0 && line.content()[line.content().length - 1] == '\n';
    }

    private void write(byte[] bytes) throws IOException {
        int length = (int) Math.min(left, bytes.length);
        out.write(bytes, 0, length);
        left -= length;
    }
}
