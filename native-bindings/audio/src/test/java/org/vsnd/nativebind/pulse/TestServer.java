// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PulseAudio of the test's own, with no configuration but what is given. */
final class TestServer implements AutoCloseable {
    static final String NULL_SINK = "module-null-sink sink_name=cap rate=48000 channels=2 format=s16le norewinds=1";

    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final Path folder;
    private final Path socket;
    private final List<String> command;
    private Process process;

    private TestServer(Path folder, List<String> modules) throws IOException, InterruptedException {
        this.folder = folder;
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        socket = folder.resolve("s");
        command = new ArrayList<>(List.of(
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--disable-shm=yes",
                "--use-pid-file=no",
                "--log-target=stderr"));
        command.add("--load=module-native-protocol-unix socket=" + socket + " auth-anonymous=1");
        modules.forEach(module -> command.add("--load=" + module));
        process = launch();
    }

    /** Starts one in an empty folder with a short name: a socket's is at most 107 bytes. */
    static TestServer start(String... modules) throws IOException, InterruptedException {
        return new TestServer(Files.createTempDirectory("vsndpa"), List.of(modules));
    }

    private Process launch() throws IOException, InterruptedException {
        Process started = run("server.log", command);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!Files.exists(socket)) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                started.destroyForcibly();
                fail("PulseAudio does not start: " + Files.readString(folder.resolve("server.log")));
            }
            Thread.sleep(10);
        }
        return started;
    }

    /** Starts a program with this server as its PulseAudio. */
    Process run(String log, List<String> programAndArguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(programAndArguments)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(log).toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        builder.environment().put("PULSE_SERVER", address());
        try {
            return builder.start();
        } catch (IOException e) {
            String program = programAndArguments.get(0);
            return fail(program + " does not run: apt-get install "
                    + (program.equals("pulseaudio") ? "pulseaudio" : "pulseaudio-utils") + " (" + e.getMessage() + ")");
        }
    }

    /** What {@code pactl} says. */
    String pactl(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("pactl"));
        words.addAll(List.of(arguments));
        Process pactl = run("pactl.log", words);
        if (!pactl.waitFor(10, TimeUnit.SECONDS)) {
            pactl.destroyForcibly();
            fail("pactl hangs: " + words);
        }
        return Files.readString(folder.resolve("pactl.log"));
    }

    String address() {
        return "unix:" + socket;
    }

    Path folder() {
        return folder;
    }

    long pid() {
        return process.pid();
    }

    /** {@code kill -9}. */
    void kill() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        Files.deleteIfExists(socket);
    }

    void restart() throws IOException, InterruptedException {
        process = launch();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        try (var files = Files.walk(folder)) {
            for (Path path : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }
}
