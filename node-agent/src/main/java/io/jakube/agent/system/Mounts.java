package io.jakube.agent.system;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code mount(2)} and {@code umount2(2)}. Needs CAP_SYS_ADMIN. Thread-safe. */
public final class Mounts {
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final int MNT_DETACH = 2;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_FIELD =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle MOUNT = LINKER.downcallHandle(
            LINKER.defaultLookup().find("mount").orElseThrow(),
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            ERRNO);
    private static final MethodHandle UMOUNT = LINKER.downcallHandle(
            LINKER.defaultLookup().find("umount2").orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            ERRNO);

    private Mounts() {}

    /** Mounts a memory file system. {@code options} are those of tmpfs, such as {@code size=64m}, and may be empty. */
    public static void tmpfs(Path target, String options) throws IOException {
        mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, options);
    }

    public static void overlay(Path target, Path lower, Path upper, Path work) throws IOException {
        mount("overlay", target, "overlay", 0, "lowerdir=" + lower + ",upperdir=" + upper + ",workdir=" + work);
    }

    /** Detaches; a path that is no mount point is left alone. */
    public static void unmount(Path target) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int result = (int) UMOUNT.invokeExact(state, arena.allocateFrom(target.toString()), MNT_DETACH);
            if (result != 0) {
                int errno = (int) ERRNO_FIELD.get(state, 0L);
                if (errno != 22 && errno != 2) {
                    throw new IOException("unmounting " + target + " failed with errno " + errno);
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Mount points at or below {@code directory}, deepest first. */
    public static List<Path> below(Path directory) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> Path.of(unescape(line.split(" ")[1])))
                .filter(path -> path.startsWith(directory))
                .sorted((a, b) -> Integer.compare(b.getNameCount(), a.getNameCount()))
                .toList();
    }

    private static void mount(String source, Path target, String type, long flags, String data) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            MemorySegment options = data.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(data);
            int result = (int) MOUNT.invokeExact(
                    state,
                    arena.allocateFrom(source),
                    arena.allocateFrom(target.toString()),
                    arena.allocateFrom(type),
                    flags,
                    options);
            if (result != 0) {
                throw new IOException("mounting " + type + " at " + target + " failed with errno " + (int) ERRNO_FIELD.get(state, 0L));
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static String unescape(String field) {
        return field.indexOf('\\') < 0 ? field : field.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }
}
