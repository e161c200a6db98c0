package io.jakube.agent.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Images in containerd's namespace {@code k8s.io}, where its CRI plugin sees them, by way of containerd's own {@code ctr} command. Thread-safe.
 *
 * <p>The CRI plugin learns of a new image by an event, so an image may show up in CRI a moment after an import returns.
 */
public final class ContainerdImages {
    private static final long TIMEOUT_MINUTES = 10;

    private final String ctr;
    private final Path socket;
    private final String snapshotter;

    /**
     * @param ctr command, by name or path
     * @param socket containerd's socket
     * @param snapshotter the one CRI is configured with
     */
    public ContainerdImages(String ctr, Path socket, String snapshotter) {
        this.ctr = requireNonNull(ctr, "ctr is null");
        this.socket = requireNonNull(socket, "socket is null");
        this.snapshotter = requireNonNull(snapshotter, "snapshotter is null");
    }

    public ContainerdImages(Path socket) {
        this("ctr", socket, "overlayfs");
    }

    /** Full names of the images containerd has. */
    public Set<String> names() throws IOException {
        return new LinkedHashSet<>(run(out -> {}, "images", "list", "-q").lines().toList());
    }

    /**
     * Imports an archive; images of the same names are replaced.
     *
     * @return full names of what was imported
     * @throws IOException with containerd's words if it refuses the archive or can't be reached
     */
    public List<String> load(ImageArchive archive) throws IOException {
        requireNonNull(archive, "archive is null");
        importArchive(archive::writeTo);
        return archive.names();
    }

    /** Loads the sandbox image unless it is there. */
    public void ensurePauseImage() throws IOException {
        if (!names().contains(PauseImage.NAME)) {
            importArchive(out -> new ByteArrayInputStream(PauseImage.archive(Architecture.current())).transferTo(out));
        }
    }

    private void importArchive(StreamWriter archive) throws IOException {
        run(archive, "images", "import", "--digests=false", "--snapshotter", snapshotter, "-");
    }

    private interface StreamWriter {
        void writeTo(OutputStream out) throws IOException;
    }

    private String run(StreamWriter input, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ctr, "--address", socket.toString(), "--namespace", "k8s.io"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new IOException("cannot run " + ctr + ", which belongs to containerd: " + e.getMessage(), e);
        }
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()), readers);
            CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), readers);
            IOException broken = feed(process, input);
            if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
                throw new IOException(String.join(" ", arguments) + ": containerd at " + socket + " did not answer in " + TIMEOUT_MINUTES + " minutes");
            }
            if (process.exitValue() != 0) {
                throw new IOException("containerd at " + socket + ": " + err.join().strip(), broken);
            }
            if (broken != null) {
                throw broken;
            }
            return out.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while containerd at " + socket + " was working", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A broken pipe is not reported here: the command's own words about why it stopped reading are better. */
    private static @Nullable IOException feed(Process process, StreamWriter input) {
        try (OutputStream out = process.getOutputStream()) {
            input.writeTo(out);
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private static String text(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
