package io.jakube.db.chaos;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What a process does and sees, one line each, with tabs between fields. A line is in the file when the call returns, so that it survives the process. Times are
 * {@link System#nanoTime}, which on Linux is one clock for all processes.
 *
 * <pre>
 * i  operation  time  kind  …            an operation begins
 * r  operation  time  outcome  …         it ends
 * s  watch  first-revision  from  to     a watch starts; "to" is the end of its range
 * w  watch  time  revision  event…       a watch delivers: key@revision/previous=value, "-" for a deletion
 * e  watch  reason                       a watch ends
 * </pre>
 *
 * Thread-safe.
 */
final class Journal implements AutoCloseable {
    private final OutputStream out;

    Journal(Path file) throws IOException {
        out = new FileOutputStream(file.toFile());
    }

    void line(Object... fields) {
        StringBuilder line = new StringBuilder(80);
        for (Object field : fields) {
            line.append(line.isEmpty() ? "" : "\t").append(field);
        }
        byte[] bytes = line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        synchronized (out) {
            try {
                out.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
