// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vsnd.cli.boot.BootException;
import org.vsnd.measure.sound.SoundFormat;

/**
 * A PulseAudio of our own: no hardware, no D-Bus, no configuration but what is asked for here, and a folder for home and
 * socket. Any number may run at once. One thread.
 */
public final class PulseServer implements AudioServer {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final int CARD_PRIORITY = 5;

    private final Path folder;
    private final Path socket;
    private final List<String> command;
    private final List<Path> fifos;
    private final int modules;
    private final Map<String, String> environment;
    private final Pactl pactl;
    private ServerProcess process;

    private PulseServer(Builder builder) throws BootException {
        folder = builder.folder;
        socket = builder.socket();
        command = builder.command();
        fifos = List.copyOf(builder.fifos);
        modules = builder.modules.size();
        environment = Map.of(
                "HOME", folder.toString(), "XDG_RUNTIME_DIR", folder.toString(), "PULSE_SERVER", "unix:" + socket);
        pactl = new Pactl(environment);
        process = launch();
        try {
            awaitReady();
        } catch (BootException e) {
            close();
            throw e;
        }
    }

    /**
     * Makes one.
     *
     * @param folder its own; made if it is not there
     */
    public static Builder builder(Path folder) {
        return new Builder(folder);
    }

    /** What it is to have. */
    public static final class Builder {
        private final Path folder;
        private final List<String> modules = new ArrayList<>();
        private final List<Path> fifos = new ArrayList<>();

        private Builder(Path folder) {
            this.folder = folder;
        }

        /** A sink that throws its sound away in time, S16 stereo at 48 kHz; its monitor, {@code NAME.monitor}, is exact. */
        public Builder nullSink(String name) {
            return nullSink(name, SoundFormat.S16_STEREO_48K);
        }

        /** The same in another format. */
        public Builder nullSink(String name, SoundFormat format) {
            // with rewinds a stream's first samples would be missing from the monitor
            return module("module-null-sink sink_name=" + name + " " + specification(format) + " norewinds=1");
        }

        /** A sink whose clock is what reads {@link PulseServer#fifo(String)}: a {@link PipeReader}. */
        public Builder pipeSink(String name, SoundFormat format) {
            return pipe("sink", name, format);
        }

        /** A source whose clock is what writes to {@link PulseServer#fifo(String)}: a {@link PipeWriter}. */
        public Builder pipeSource(String name, SoundFormat format) {
            return pipe("source", name, format);
        }

        private Builder pipe(String kind, String name, SoundFormat format) {
            Path fifo = fifo(folder, name);
            fifos.add(fifo);
            return module("module-pipe-" + kind + " " + kind + "_name=" + name + " file=" + fifo + " "
                    + specification(format));
        }

        /** Any module, with its arguments. */
        public Builder module(String line) {
            modules.add(line);
            return this;
        }

        private static String specification(SoundFormat format) {
            return "format=" + PulseFormat.name(format) + " rate=" + format.rateHz() + " channels=" + format.channels();
        }

        private Path socket() {
            return folder.resolve("native");
        }

        private List<String> command() {
            List<String> command = new ArrayList<>(List.of(
                    "pulseaudio",
                    "-n",
                    "--daemonize=no",
                    "--exit-idle-time=-1",
                    "--disable-shm=yes",
                    "--use-pid-file=no",
                    "--log-level=error",
                    "--log-target=stderr"));
            modules.forEach(module -> command.add("--load=" + module));
            // last, so that nobody meets a server without its devices
            command.add("--load=module-native-protocol-unix socket=" + socket() + " auth-anonymous=1");
            return command;
        }

        /** Starts it. Returns when it answers. */
        public PulseServer start() throws BootException {
            try {
                Files.createDirectories(folder);
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            } catch (IOException e) {
                throw new BootException("cannot make the folder " + folder + ": " + e.getMessage(), e);
            }
            return new PulseServer(this);
        }
    }

    private ServerProcess launch() throws BootException {
        try {
            for (Path fifo : fifos) {
                Files.deleteIfExists(fifo);
            }
        } catch (IOException e) {
            throw new BootException("cannot delete an old FIFO: " + e.getMessage(), e);
        }
        return ServerProcess.start("pulseaudio", command, environment, folder);
    }

    private long awaitReady() throws BootException {
        long answered = awaitAnswer();
        long loaded = pactl.run("list", "short", "modules").lines().count();
        if (loaded <= modules) { // it leaves out what it cannot load, and itself loads the protocol
            throw new BootException("PulseAudio lacks a module: " + process.complaint());
        }
        // the threads of pipes lack the priority that those of cards and null sinks have
        RealTime.raise(process.process().pid(), CARD_PRIORITY, name -> name.startsWith("pipe-"));
        return answered;
    }

    private long awaitAnswer() throws BootException {
        Await.until(
                START_LIMIT,
                () -> {
                    process.requireAlive();
                    return Sockets.accepts(socket) && pactl.answers();
                },
                () -> "an answer of PulseAudio: " + process.complaint());
        return System.nanoTime();
    }

    /** The server's address, for {@code PULSE_SERVER}. */
    public String address() {
        return "unix:" + socket;
    }

    /** The FIFO of a pipe sink or source. */
    public Path fifo(String name) {
        return fifo(folder, name);
    }

    private static Path fifo(Path folder, String name) {
        return folder.resolve(name + ".fifo");
    }

    @Override
    public Map<String, String> environment() {
        return environment;
    }

    @Override
    public Pactl pactl() {
        return pactl;
    }

    @Override
    public void kill() throws BootException {
        process.kill();
    }

    @Override
    public long restart() throws BootException {
        process.close();
        process = launch();
        return awaitReady();
    }

    @Override
    public void freeze() throws BootException {
        process.freeze();
    }

    @Override
    public void thaw() throws BootException {
        process.thaw();
    }

    @Override
    public List<Long> pids() {
        return process.isAlive() ? List.of(process.process().pid()) : List.of();
    }

    @Override
    public void close() {
        process.close();
    }
}
