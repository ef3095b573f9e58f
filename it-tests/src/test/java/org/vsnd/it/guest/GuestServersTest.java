// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.it.server.AudioServer;
import org.vsnd.it.server.Census;
import org.vsnd.it.server.FilePlayer;
import org.vsnd.it.server.MonitorRecorder;
import org.vsnd.it.server.RealTime;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;

/**
 * A real guest heard through real audio servers, each with a card of its own in the same guest. {@code -Dvsnd.seconds=60
 * -Dvsnd.kills=50} makes the long form.
 */
@Tag("guest")
class GuestServersTest {
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final int SECONDS = Integer.getInteger("vsnd.seconds", 5);
    private static final int KILLS = Integer.getInteger("vsnd.kills", 2);
    private static final Duration BACK_LIMIT = Duration.ofSeconds(10);
    private static final int AFTER_FRAMES = 24_000;
    private static final int HOST_SLACK_FRAMES = 480;
    private static final int TINY_FRAMES = 999;

    @TempDir
    static Path folder;

    private static final Map<HostServer, AudioServer> SERVERS = new EnumMap<>(HostServer.class);
    private static final Map<HostServer, ServeProcess> CARDS = new EnumMap<>(HostServer.class);
    private static Guest guest;

    @BeforeAll
    static void boot() throws Exception {
        LinuxGuest.Builder machine = GuestBed.get().machine(folder);
        for (HostServer host : HostServer.values()) {
            Path own = Files.createDirectory(folder.resolve(host.name()));
            AudioServer server = host.start(own.resolve("server"));
            SERVERS.put(host, server);
            Path socket = own.resolve("card");
            CARDS.put(
                    host,
                    ServeProcess.start(
                            own, host.environment(server), "--socket", socket.toString(), "--backend", host.backend()));
            machine.arguments(
                    "-device",
                    GuestBed.card(host.name(), socket, "pcie.0", host.slot()).toString());
        }
        guest = GuestBed.boot(machine);
        RealTime.raise(guest.linux().pid(), 1);
        for (AudioServer server : SERVERS.values()) {
            raise(server);
        }
    }

    @AfterAll
    static void end() {
        if (guest != null) {
            guest.close();
        }
        CARDS.values().forEach(ServeProcess::close);
        SERVERS.values().forEach(AudioServer::close);
    }

    @ParameterizedTest
    @EnumSource
    void everySampleOfTheGuestIsHeardOnTheMonitor(HostServer host) throws Exception {
        undisturbed(host, HOST_SLACK_FRAMES, () -> {
            try (MonitorRecorder recorder = monitor(host)) {
                JsonObject played = guest.probe("-c " + card(host) + " -P -p 1024 -b 4096", SECONDS)
                        .get(0);
                recorder.awaitMore(AFTER_FRAMES);

                int frames = played.get("frames").getAsInt();
                HeardPattern heard = HeardPattern.in(recorder.soFar(), S16, frames);
                System.out.println(host + " playback: " + heard + "; guest: " + played);
                assertThat(frames).isGreaterThanOrEqualTo(SECONDS * S16.rateHz());
                assertThat(played.get("xruns").getAsLong()).isZero();
                assertThat(heard.isExact()).as(heard + " " + state(host)).isTrue();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void everySampleOfTheMicrophoneArrivesInTheGuest(HostServer host) throws Exception {
        byte[] sound = FramePattern.frames(S16, (SECONDS + 20) * S16.rateHz());
        undisturbed(host, HOST_SLACK_FRAMES, () -> {
            Path file = folder.resolve(host.name()).resolve("sound");
            try (MonitorRecorder listener = MonitorRecorder.start(
                            SERVERS.get(host), HostServer.MICROPHONE + ".monitor", S16, folder.resolve("listener"));
                    FilePlayer player = FilePlayer.start(SERVERS.get(host), HostServer.MICROPHONE, S16, sound, file)) {
                Waiting.until(
                        BACK_LIMIT,
                        () -> !HeardPattern.in(listener.soFar(), S16, sound.length)
                                .runs()
                                .isEmpty(),
                        () -> "a sound in the microphone");
                JsonObject recorded = guest.probe("-c " + card(host) + " -C -p 1024 -b 4096", SECONDS)
                        .get(0);

                System.out.println(host + " capture: " + recorded);
                assertThat(player.isPlaying()).isTrue();
                assertThat(recorded.get("synced").getAsBoolean())
                        .as(recorded + " " + state(host))
                        .isTrue();
                assertThat(recorded.get("frames").getAsInt()).isGreaterThanOrEqualTo(SECONDS * S16.rateHz());
                for (String fault : List.of("breaks", "silence", "xruns")) {
                    assertThat(recorded.get(fault).getAsLong())
                            .as(fault + ": " + recorded + " " + state(host))
                            .isZero();
                }
                assertThat(recorded.get("leading_silence").getAsLong())
                        .as("frames before the microphone is open")
                        .isLessThan(S16.rateHz() / 2);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void lastSampleOfShortFilesIsHeard(HostServer host) throws Exception {
        String aplay = "aplay -q -D hw:" + card(host) + ",0 --period-size=1024 --buffer-size=4096 ";
        undisturbed(host, HOST_SLACK_FRAMES, () -> {
            assertHeard(host, aplay + "/" + S16.fileName(), GuestBed.SHORT_FRAMES);
            assertHeard(host, aplay + "--samples=" + TINY_FRAMES + " /" + S16.fileName(), TINY_FRAMES);
        });
    }

    private static void assertHeard(HostServer host, String aplay, int frames) throws Exception {
        try (MonitorRecorder recorder = monitor(host)) {
            guest.run(aplay);
            recorder.awaitMore(AFTER_FRAMES);

            HeardPattern heard = HeardPattern.in(recorder.soFar(), S16, frames);
            assertThat(heard.isExact())
                    .as(aplay + ": " + heard + " " + state(host))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void killedServerCostsOneXrunAndTheSoundComesBackWithIt(HostServer host) throws Exception {
        undisturbed(host, 2048, () -> killAndRestart(host));
    }

    private static void killAndRestart(HostServer host) throws Exception {
        AudioServer server = SERVERS.get(host);
        ServeProcess serve = CARDS.get(host);
        guest.run("rm -f /tmp/enough; (while [ ! -e /tmp/enough ]; do tail -c +45 " + GuestBed.LONG_SOUND
                + "; done) 2>/dev/null | aplay -q -D hw:" + card(host)
                + ",0 -t raw -f S16_LE -r 48000 -c 2 --period-size=1024 --buffer-size=4096 >/tmp/kills.log 2>&1"
                + " || echo failed >>/tmp/kills.log &");
        try {
            awaitSound(host);
            long before = xruns(host);
            Census census = null;
            List<Long> backMillis = new ArrayList<>();
            for (int kill = 0; kill < KILLS; kill++) {
                server.kill();
                guest.run("sleep 5");
                long answered = server.restart();
                raise(server);
                awaitSound(host);
                backMillis.add((System.nanoTime() - answered) / 1_000_000);
                assertThat(xruns(host) - before)
                        .as("xruns after kill " + kill + " " + state(host))
                        .isLessThanOrEqualTo(kill + 1);
                Census now = serve.census();
                System.out.println(host + " kill " + kill + ": back after " + backMillis.get(kill) + " ms, xruns "
                        + (xruns(host) - before) + ", " + now.threads().size() + " threads, " + now.descriptors());
                if (census != null) {
                    assertThat(now).isEqualTo(census);
                }
                census = now;
            }
            assertThat(guest.run("pidof aplay; cat /tmp/kills.log").strip())
                    .as("aplay still runs and has not complained")
                    .matches("\\d+");
            assertThat(backMillis).as("ms until sound was heard again").allMatch(millis -> millis < 1000);
        } finally {
            guest.run("touch /tmp/enough; " + Guest.END_PLAYERS);
        }
    }

    private static void awaitSound(HostServer host) throws Exception {
        try (MonitorRecorder recorder = monitor(host)) {
            Waiting.until(
                    BACK_LIMIT,
                    () -> {
                        assertThat(guest.run("cat /tmp/kills.log"))
                                .as("what aplay says")
                                .isEmpty();
                        return HeardPattern.in(recorder.soFar(), S16, GuestBed.LONG_FRAMES)
                                        .heardFrames()
                                > 0;
                    },
                    () -> "sound on the monitor of " + host);
        }
    }

    /** As on a desktop. */
    private static void raise(AudioServer server) throws Exception {
        RealTime.raise(server);
    }

    private static MonitorRecorder monitor(HostServer host) throws Exception {
        return MonitorRecorder.start(
                SERVERS.get(host),
                HostServer.SPEAKER + ".monitor",
                S16,
                folder.resolve(host.name()).resolve("recording"));
    }

    private static int card(HostServer host) throws Exception {
        return guest.card(host.address());
    }

    private static String state(HostServer host) throws Exception {
        return CARDS.get(host).statistics() + "\n" + CARDS.get(host).log();
    }

    private static long xruns(HostServer host) throws Exception {
        return ServeProcess.stream(CARDS.get(host).statistics(), 0, "output 0")
                .get("xruns")
                .getAsLong();
    }

    /** A check that can only succeed if nobody in the way of the sound waits for a processor for that long. */
    private static void undisturbed(HostServer host, int frames, Undisturbed.Check check) throws Exception {
        List<Long> pids = new ArrayList<>(SERVERS.get(host).pids());
        pids.add(CARDS.get(host).pid());
        pids.add(guest.linux().pid());
        Undisturbed.check(frames * 1_000_000_000L / S16.rateHz(), pids, check);
    }
}
