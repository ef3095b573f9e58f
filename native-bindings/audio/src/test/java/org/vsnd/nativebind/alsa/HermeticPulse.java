// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PulseAudio of a test's own with a null sink, and the PCM {@value #PCM} that leads there. */
final class HermeticPulse implements AutoCloseable {
    static final String PCM = "hermetic";
    private static final String SINK = "cap";

    private final Path folder;
    private final List<Process> children = new ArrayList<>();
    private Process server;

    HermeticPulse(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder.resolve("pulse"));
        Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwx------"));
        server = startServer();
    }

    /** The lines that make {@value #PCM} known to ALSA. */
    String[] config() {
        return new String[] {
            "pcm." + PCM + " { type pulse server \"unix:" + socket() + "\" device \"" + SINK + "\" }",
            "pcm." + PCM + "mic { type pulse server \"unix:" + socket() + "\" device \"" + SINK + ".monitor\" }"
        };
    }

    private Path socket() {
        return folder.resolve("native");
    }

    private Process startServer() throws IOException {
        Process started = start(
                "pulseaudio",
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--disable-shm=yes",
                "--use-pid-file=no",
                "--log-target=stderr",
                "--load=module-native-protocol-unix socket=" + socket() + " auth-anonymous=1",
                "--load=module-null-sink sink_name=" + SINK + " rate=48000 channels=2 format=s16le norewinds=1");
        Sound.await("PulseAudio's socket", () -> Files.exists(socket()) || !started.isAlive());
        return started;
    }

    private Process start(String debianPackage, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(folder.resolve(command[0] + ".log").toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        builder.environment().put("PULSE_SERVER", "unix:" + socket());
        return started(builder, debianPackage);
    }

    private Process started(ProcessBuilder builder, String debianPackage) throws IOException {
        try {
            Process process = builder.start();
            children.add(process);
            return process;
        } catch (IOException e) {
            throw new IOException("cannot start " + builder.command().get(0) + ": apt-get install " + debianPackage, e);
        }
    }

    /** Records what the sink plays, from now on: returns when the recorder records. */
    Path record(String name) throws IOException {
        Path file = folder.resolve(name);
        ProcessBuilder builder = new ProcessBuilder(
                "parec",
                "--latency-msec=20",
                "-d",
                SINK + ".monitor",
                "--format=s16le",
                "--rate=48000",
                "--channels=2",
                "--raw");
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("PULSE_SERVER", "unix:" + socket());
        builder.redirectOutput(file.toFile())
                .redirectError(folder.resolve("parec.log").toFile());
        Process recorder = started(builder, "pulseaudio-utils");
        Sound.await("the recorder", () -> file.toFile().length() > 0 || !recorder.isAlive());
        return file;
    }

    /** Plays a file into the sink, so that its monitor has something to record. */
    void play(Path raw) throws IOException {
        start(
                "pulseaudio-utils",
                "pacat",
                "--playback",
                "-d",
                SINK,
                "--latency-msec=500",
                "--format=s16le",
                "--rate=48000",
                "--channels=2",
                "--raw",
                raw.toString());
    }

    /** {@code kill -9}. */
    void kill() throws IOException {
        server.destroyForcibly();
        Sound.await("the server's end", () -> !server.isAlive());
        Files.deleteIfExists(socket());
    }

    /** Stands still, keeps its connections and answers nobody; or goes on. */
    void hang(boolean hanging) throws IOException, InterruptedException {
        String signal = hanging ? "-STOP" : "-CONT";
        int status = new ProcessBuilder("kill", signal, Long.toString(server.pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill " + signal + ": " + status);
        }
    }

    void restart() throws IOException {
        server = startServer();
    }

    @Override
    public void close() {
        for (Process child : children) {
            child.destroy();
        }
        for (Process child : children) {
            try {
                if (!child.waitFor(5, TimeUnit.SECONDS)) {
                    child.destroyForcibly();
                }
            } catch (InterruptedException e) {
                child.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
