package org.vsnd.it.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.vsnd.cli.boot.Children;
import org.vsnd.cli.boot.Tool;

/** A PulseAudio of our own with one null sink: it has a clock and needs no hardware. */
final class PulseServer implements AutoCloseable {
    /** The sink; its monitor is a source. */
    static final String SINK = "bench";

    private static final long START_NANOS = 20_000_000_000L;
    private static final int LOOK_MILLIS = 50;

    private final Process process;
    private final Path socket;

    private PulseServer(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    static PulseServer start(Path folder) throws BenchException, InterruptedException {
        Path socket = folder.resolve("pulse/native");
        try {
            Path run = Files.createDirectories(folder.resolve("pulse"));
            Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
            ProcessBuilder builder = new ProcessBuilder(command(socket))
                    .redirectErrorStream(true)
                    .redirectOutput(run.resolve("log").toFile());
            builder.environment().put("HOME", run.toString());
            builder.environment().put("XDG_RUNTIME_DIR", run.toString());
            PulseServer server = new PulseServer(Children.start(builder), socket);
            server.awaitSocket(run.resolve("log"));
            return server;
        } catch (IOException e) {
            throw new BenchException("cannot start PulseAudio (" + e.getMessage() + "): apt-get install pulseaudio", e);
        }
    }

    private static List<String> command(Path socket) {
        return List.of(
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--disable-shm=yes",
                "--use-pid-file=no",
                "--log-target=stderr",
                "--load=module-native-protocol-unix socket=" + socket + " auth-anonymous=1",
                "--load=module-null-sink sink_name=" + SINK + " rate=48000 channels=2 format=s16le norewinds=1");
    }

    private void awaitSocket(Path log) throws BenchException, IOException, InterruptedException {
        long deadline = System.nanoTime() + START_NANOS;
        while (!Files.exists(socket)) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                close();
                throw new BenchException("PulseAudio does not start: " + Tool.tail(Files.readString(log), 4));
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** Its address, as clients want it. */
    String address() {
        return "unix:" + socket;
    }

    @Override
    public void close() {
        Children.end(process);
    }
}
