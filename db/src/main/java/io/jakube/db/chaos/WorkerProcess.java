package io.jakube.db.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link ChaosWorker} in a process of its own. Not thread-safe. */
final class WorkerProcess {
    private final String name;
    private final Process process;
    private final BufferedReader answers;

    WorkerProcess(String name, List<String> arguments, Path errors) throws IOException {
        this.name = name;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx192m",
                "-cp", System.getProperty("java.class.path"), ChaosWorker.class.getName()));
        command.addAll(arguments);
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile())).start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        expect("started");
    }

    String name() {
        return name;
    }

    /** @throws IllegalStateException where the process answers something else, or has ended */
    private void expect(String wanted) throws IOException {
        String answer = answers.readLine();
        if (!wanted.equals(answer)) {
            throw new IllegalStateException("process " + name + " says " + answer + " instead of " + wanted);
        }
    }

    private void order(String order) throws IOException {
        OutputStream out = process.getOutputStream();
        out.write((order + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    void stop() throws IOException {
        order("stop");
        expect("stopped");
    }

    void finish(long head) throws IOException, InterruptedException {
        order("finish " + head);
        expect("finished");
        process.waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    void freeze(boolean frozen) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + (frozen ? "STOP " : "CONT ") + process.pid()).start().waitFor();
    }
}
