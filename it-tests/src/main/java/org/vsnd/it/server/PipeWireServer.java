// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Tool;
import org.vsnd.measure.sound.SoundFormat;

/**
 * A PipeWire of our own, with WirePlumber, PipeWire's PulseAudio server and the session bus that WirePlumber insists on:
 * four processes, no hardware, and a folder for home, state and sockets. One thread.
 */
public final class PipeWireServer implements AudioServer {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);
    private static final int PROBE_FRAMES = 2400;

    private final Path folder;
    private final String firstSink;
    private final Map<String, String> environment;
    private final Pactl pactl;
    private final ServerProcess bus;
    private final List<ServerProcess> servers = new ArrayList<>();

    private PipeWireServer(Builder builder) throws BootException {
        folder = builder.folder;
        firstSink = builder.sinks.get(0);
        environment = environment(folder);
        pactl = new Pactl(environment);
        bus = ServerProcess.start(
                "dbus",
                List.of("dbus-daemon", "--nofork", "--nopidfile", "--config-file=" + folder.resolve("dbus.conf")),
                environment,
                folder);
        try {
            awaitSocket(bus, "bus");
            launch();
            awaitAnswer();
        } catch (BootException e) {
            close();
            throw e;
        }
    }

    private static Map<String, String> environment(Path folder) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PULSE_SERVER", "unix:" + folder.resolve("pulse/native"));
        environment.put("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + folder.resolve("bus"));
        for (String name : List.of("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")) {
            environment.put(name, folder.toString());
        }
        return Map.copyOf(environment);
    }

    /**
     * Makes one.
     *
     * @param folder its own; made if it is not there; a short path, sockets are in it
     */
    public static Builder builder(Path folder) {
        return new Builder(folder);
    }

    /** What it is to have. */
    public static final class Builder {
        private static final String BUS = """
                <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
                  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
                <busconfig>
                  <type>session</type>
                  <listen>unix:path=%s</listen>
                  <policy context="default">
                    <allow send_destination="*" eavesdrop="true"/>
                    <allow eavesdrop="true"/>
                    <allow own="*"/>
                  </policy>
                </busconfig>
                """;
        private static final String NULL_SINK = """
                  { factory = adapter
                    args = {
                      factory.name = support.null-audio-sink
                      node.name = "%s"
                      media.class = "Audio/Sink"
                      audio.rate = 48000
                      audio.position = [ FL FR ]
                      monitor.passthrough = true
                    }
                  }
                """;

        private final Path folder;
        private final List<String> sinks = new ArrayList<>();
        private int quantumFrames = 1024;

        private Builder(Path folder) {
            this.folder = folder;
        }

        /** A stereo sink at 48 kHz that throws its sound away in time. Its monitor is {@code NAME.monitor}. At least one. */
        public Builder nullSink(String name) {
            sinks.add(name);
            return this;
        }

        /** How many frames the whole graph works on at once, whatever clients would like. Default: 1024, and less if a client asks. */
        public Builder quantum(int frames) {
            quantumFrames = frames;
            return this;
        }

        /** Starts it. Returns when it answers and links streams. */
        public PipeWireServer start() throws BootException {
            if (sinks.isEmpty()) {
                throw new IllegalStateException("a sink is needed to tell whether streams are linked");
            }
            try {
                Path fragments = Files.createDirectories(folder.resolve("pipewire/pipewire.conf.d"));
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
                Files.writeString(fragments.resolve("vsnd.conf"), configuration());
                Files.writeString(folder.resolve("dbus.conf"), BUS.formatted(folder.resolve("bus")));
            } catch (IOException e) {
                throw new BootException("cannot write to the folder " + folder + ": " + e.getMessage(), e);
            }
            return new PipeWireServer(this);
        }

        private String configuration() {
            StringBuilder text = new StringBuilder("context.properties = { default.clock.rate = 48000");
            text.append(" default.clock.quantum = ").append(quantumFrames).append(" }\ncontext.objects = [\n");
            sinks.forEach(sink -> text.append(NULL_SINK.formatted(sink)));
            return text.append("]\n").toString();
        }
    }

    private void launch() throws BootException {
        ServerProcess pipewire = ServerProcess.start("pipewire-bin", List.of("pipewire"), environment, folder);
        servers.add(pipewire);
        awaitSocket(pipewire, "pipewire-0"); // the others give up if it is not there
        servers.add(ServerProcess.start("wireplumber", List.of("wireplumber"), environment, folder));
        servers.add(ServerProcess.start("pipewire-pulse", List.of("pipewire-pulse"), environment, folder));
    }

    private void awaitSocket(ServerProcess process, String name) throws BootException {
        Await.until(
                START_LIMIT,
                () -> {
                    process.requireAlive();
                    return Sockets.accepts(folder.resolve(name));
                },
                () -> "the socket " + name + ": " + process.complaint());
    }

    private long awaitAnswer() throws BootException {
        Path socket = folder.resolve("pulse/native");
        Await.until(
                START_LIMIT,
                () -> {
                    for (ServerProcess server : servers) {
                        server.requireAlive();
                    }
                    return Sockets.accepts(socket)
                            && pactl.answers()
                            && pactl.names("sinks").contains(firstSink);
                },
                () -> "an answer of PipeWire with " + firstSink + " in it: " + complaints());
        long answered = System.nanoTime();
        awaitLinks();
        return answered;
    }

    /** PipeWire answers long before it links streams to sinks: until then they wait, and so would everything here. */
    private void awaitLinks() throws BootException {
        byte[] silence = new byte[PROBE_FRAMES * SoundFormat.S16_STEREO_48K.frameBytes()];
        try (FilePlayer probe =
                FilePlayer.start(this, firstSink, SoundFormat.S16_STEREO_48K, silence, folder.resolve("probe"))) {
            probe.awaitEnd(PROBE_LIMIT);
        } catch (BootException e) {
            throw new BootException("PipeWire does not link streams: " + complaints(), e);
        }
    }

    /** Frames that the graph works on at once while nobody asks for less. */
    public int quantumFrames() throws BootException {
        Tool tool = Tool.of("pw-metadata", "-n", "settings", "0", "clock.quantum");
        environment.forEach(tool::env);
        String answer = tool.run();
        Matcher value = Pattern.compile("value:'(\\d+)'").matcher(answer);
        if (!value.find()) {
            throw new BootException("pw-metadata said " + answer.strip());
        }
        return Integer.parseInt(value.group(1));
    }

    private String complaints() {
        StringBuilder text = new StringBuilder();
        servers.forEach(server -> text.append(server.complaint()).append("; "));
        return text.toString();
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
        for (ServerProcess server : servers) {
            server.process().destroyForcibly();
        }
        for (ServerProcess server : servers) {
            server.kill();
        }
        servers.clear();
    }

    @Override
    public long restart() throws BootException {
        if (!servers.isEmpty()) {
            kill();
        }
        launch();
        return awaitAnswer();
    }

    @Override
    public void freeze() throws BootException {
        for (ServerProcess server : servers) {
            server.freeze();
        }
    }

    @Override
    public void thaw() throws BootException {
        for (ServerProcess server : servers) {
            server.thaw();
        }
    }

    @Override
    public List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        for (ServerProcess server : servers) {
            if (server.isAlive()) {
                pids.add(server.process().pid());
            }
        }
        return pids;
    }

    @Override
    public void close() {
        for (int i = servers.size() - 1; i >= 0; i--) {
            servers.get(i).close();
        }
        servers.clear();
        bus.close();
    }
}
