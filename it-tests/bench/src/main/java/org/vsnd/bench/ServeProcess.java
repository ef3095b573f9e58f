// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vsnd.cli.boot.Children;
import org.vsnd.cli.boot.Tool;

/** {@code ./vsnd serve}, started as users start it. One thread. */
public final class ServeProcess implements AutoCloseable {
    private static final long START_NANOS = 180_000_000_000L; // the launcher may have to build first
    private static final int LOOK_MILLIS = 50;

    private final Process process;
    private final Path folder;

    private ServeProcess(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /**
     * Starts it and waits until clients can connect.
     *
     * @param folder for its socket, statistics and log
     * @param backend as {@code --backend} wants it
     * @param settings each {@code key=value}
     */
    public static ServeProcess start(Path folder, String backend, List<String> settings)
            throws BenchException, InterruptedException {
        return start(folder, backend, settings, Map.of());
    }

    /**
     * The same with more in its environment.
     *
     * @param environment for example {@code PULSE_SERVER}
     */
    public static ServeProcess start(
            Path folder, String backend, List<String> settings, Map<String, String> environment)
            throws BenchException, InterruptedException {
        return start(folder, Front.VFIO_USER, backend, settings, environment);
    }

    /** The same with either protocol. */
    public static ServeProcess start(
            Path folder, Front front, String backend, List<String> settings, Map<String, String> environment)
            throws BenchException, InterruptedException {
        Path socket = folder.resolve("card");
        Path statistics = folder.resolve("stats");
        List<String> command = new ArrayList<>(
                List.of("./vsnd", "serve", front.option(), socket.toString(), "--stats", statistics.toString()));
        command.addAll(List.of("--backend", backend));
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        try {
            Files.deleteIfExists(statistics);
            File log = folder.resolve("vsnd.log").toFile();
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log);
            builder.environment().putAll(environment);
            ServeProcess serve = new ServeProcess(Children.start(builder), folder);
            serve.awaitSocket();
            return serve;
        } catch (IOException e) {
            throw new BenchException("cannot start ./vsnd serve: " + e.getMessage(), e);
        }
    }

    private void awaitSocket() throws BenchException, IOException, InterruptedException {
        long deadline = System.nanoTime() + START_NANOS;
        while (!log().contains("serving a sound card")) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                close();
                throw new BenchException("./vsnd serve does not serve: " + Tool.tail(log(), 4));
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** What it has said so far. */
    public String log() throws IOException {
        return Files.readString(folder.resolve("vsnd.log"));
    }

    /** Where a client can connect. */
    public Path socket() {
        return folder.resolve("card");
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** What it has told about itself so far, one entry per second. */
    public List<ServeStatistics> statistics() throws BenchException {
        try {
            return ServeStatistics.read(folder.resolve("stats"));
        } catch (IOException e) {
            throw new BenchException("cannot read what --stats wrote: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        Children.end(process);
    }
}
