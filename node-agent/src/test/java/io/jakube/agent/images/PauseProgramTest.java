package io.jakube.agent.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the real executable on the machine's own architecture. */
class PauseProgramTest {
    @TempDir Path directory;
    private Path pause;

    @BeforeEach
    void writeExecutable() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "a Linux executable runs on Linux only");
        pause = directory.resolve("pause");
        Files.write(pause, PauseProgram.executable(Architecture.current()));
        Files.setPosixFilePermissions(pause, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void sleeps_until_told_to_end(String signal) throws Exception {
        Process process = new ProcessBuilder(pause.toString()).start();
        try {
            awaitSleeping(process);
            kill(signal, process);
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void goes_on_after_other_signals() throws Exception {
        Process process = new ProcessBuilder(pause.toString()).start();
        try {
            awaitSleeping(process);
            kill("CHLD", process);
            kill("CONT", process);
            awaitSleeping(process);
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The shell's child inherits nothing of the shell but its children: exec keeps the process, so pause becomes the parent of the short-lived sleep. */
    @Test
    void reaps_children() throws Exception {
        Process process = new ProcessBuilder("/bin/sh", "-c", "sleep 0.2 & exec " + pause).start();
        try {
            awaitSleeping(process);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            Path children = Path.of("/proc", Long.toString(process.pid()), "task", Long.toString(process.pid()), "children");
            while (process.descendants().findAny().isPresent() || Files.exists(children) && !Files.readString(children).isBlank()) {
                assertThat(System.nanoTime()).as("the child was not reaped in time").isLessThan(deadline);
                Thread.onSpinWait();
            }
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void is_the_same_bytes_for_the_same_architecture_and_names_its_machine() {
        for (Architecture architecture : Architecture.values()) {
            byte[] program = PauseProgram.executable(architecture);
            assertThat(program).isEqualTo(PauseProgram.executable(architecture)).hasSizeLessThan(300).startsWith(0x7f, 'E', 'L', 'F');
            assertThat((int) program[18] & 0xff).isEqualTo(architecture == Architecture.AMD64 ? 62 : 183);
        }
    }

    private static void awaitSleeping(Process process) throws IOException {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!Files.readString(stat).matches("(?s)\\d+ \\(pause\\) S .*")) {
            assertThat(System.nanoTime()).as("pause does not sleep: %s", Files.readString(stat)).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void kill(String signal, Process process) throws Exception {
        assertThat(new ProcessBuilder("/bin/kill", "-" + signal, Long.toString(process.pid())).inheritIO().start().waitFor()).isZero();
    }
}
