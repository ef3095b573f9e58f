// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.WallBus;
import org.vsnd.guest.host.WallHost;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.nativebind.alsa.AlsaBackend;
import org.vsnd.nativebind.libc.RealtimePriority;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;

/** A card that looks for host audio by itself, and a real server that starts when the guest has long been playing. */
@Tag("server")
@DisplayName("With the back end auto and a server that starts after the card")
class ServerComesLaterTest {
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final int RATE_HZ = 48_000;
    /** One, and the latency that it has raised coming back down. */
    private static final int STUMBLES = 2;

    private static final int RAM_BYTES = 32 << 20;
    private static final int VECTORS = 2048;
    private static final long SECOND = 1_000_000_000L;
    /** 20 ms. */
    private static final StreamSetup PERIODS = StreamSetup.s16At48k(960, 3840);
    /** Of the guest's sound: 15 s. */
    private static final int MESSAGES = 750;
    /** Until the server starts. */
    private static final int MESSAGES_BEFORE = 50;
    /** A look each second, an answer to wait for, and a busy machine. */
    private static final Duration HEARD_LIMIT = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private AudioServer server;
    private WallBus bus;
    private SoundCard card;
    private SoundDriver driver;

    /** The card starts without a server, whose address is known all the same. */
    private void plug(ServerKind kind) throws Exception {
        assertThat(AlsaBackend.isInstalled() && AlsaBackend.hasDevice())
                .as("this host has a sound card or a default PCM, which auto finds first: run this where there is none")
                .isFalse();
        server = kind.start(folder.resolve("server"));
        PulseAddress.use(server);
        server.kill();
        WallHost host = new WallHost(
                FlatMemory.open(0, RAM_BYTES), new InterruptLog(VECTORS, false), () -> RealtimePriority.request(50));
        card = new VirtioSoundPlugin().create(host, Map.of("backend", "auto", "target", "200ms"));
        bus = new WallBus(host, card);
        driver = SoundDriver.start(bus, DriverStyle.LINUX);
    }

    @AfterEach
    void end() {
        if (bus != null) {
            bus.close();
        }
        PulseAddress.forget();
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("what plays into nothing is heard within seconds, and on to its last frame")
    void whatPlaysIsHeard(ServerKind kind) throws Exception {
        plug(kind);
        PatternGuest guest = new PatternGuest(driver, PERIODS, MESSAGES);
        guest.start();
        guest.runUntil(MESSAGES_BEFORE, 20 * SECOND);
        CompletableFuture<Void> playing =
                CompletableFuture.runAsync(() -> guest.runUntil(MESSAGES, MESSAGES * SECOND / 50 + 20 * SECOND));
        long answeredNanos = server.restart();
        RealTime.raise(server);
        int frames = MESSAGES * PERIODS.periodFrames();
        try (MonitorRecorder recorder =
                MonitorRecorder.start(server, ServerKind.SOURCE, S16, folder.resolve("heard"))) {
            Await.until(
                    HEARD_LIMIT,
                    () -> HeardPattern.in(recorder.soFar(), S16, frames).heardFrames() > 0,
                    () -> "sound on the monitor");
            System.out.printf("%s: heard %d ms after the answer%n", kind, millisSince(answeredNanos));
            playing.get(60, TimeUnit.SECONDS);
            guest.stop(); // what was completed plays out
            recorder.awaitMore(RATE_HZ);

            HeardPattern heard = HeardPattern.in(recorder.soFar(), S16, frames);
            assertThat(heard.isUnbroken()).as(heard.toString()).isTrue();
            HeardPattern.Run run = heard.runs().get(0);
            assertThat(run.first() + run.frames()).as("the end, %s", heard).isEqualTo(frames);
            assertThat(card.statistics().get(0).xruns())
                    .as("under-runs: the server is to be fed 200 ms, and the guest's buffer has 80")
                    .isLessThanOrEqualTo(1);
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "what records silence records the microphone within seconds, and on without a break after the first seconds")
    void whatRecordsGetsTheMicrophone(ServerKind kind) throws Exception {
        plug(kind);
        PeriodStream records = new PeriodStream(driver, driver.firstStream(false), false, PERIODS);
        records.start();
        long startNanos = System.nanoTime();
        records.runUntil(MESSAGES_BEFORE, 20 * SECOND);
        CompletableFuture<Void> recording =
                CompletableFuture.runAsync(() -> records.runUntil(MESSAGES, MESSAGES * SECOND / 50 + 20 * SECOND));
        server.restart();
        RealTime.raise(server);
        int frames = 20 * RATE_HZ;
        long playedNanos = System.nanoTime();
        try (FilePlayer player = FilePlayer.start(
                server, ServerKind.SINK, S16, FramePattern.frames(S16, frames), folder.resolve("sound"))) {
            recording.get(60, TimeUnit.SECONDS);
            assertThat(player.isPlaying()).isTrue();
        }
        HeardPattern recorded = HeardPattern.in(records.recorded(), S16, frames);
        HeardPattern.Run run = recorded.runs().get(0);
        assertThat(recorded.strangeFrames()).as(recorded.toString()).isZero();
        assertThat(recorded.gaps())
                .as(
                        "a server that has just started may stumble once, and what it brought late is skipped: %s",
                        recorded)
                .hasSizeLessThanOrEqualTo(STUMBLES)
                .allSatisfy(gap -> {
                    assertThat(gap.length()).as("silence").isLessThan(RATE_HZ / 50);
                    assertThat(Math.abs(gap.lost())).isLessThan(RATE_HZ / 20);
                    assertThat(gap.at() - run.at()).as("when").isLessThan(3 * RATE_HZ);
                });
        long recordedNanos = startNanos + run.at() * SECOND / RATE_HZ;
        System.out.printf(
                "%s: recorded %d ms after the player's start; %s%n",
                kind, (recordedNanos - playedNanos) / 1_000_000, recorded);
        assertThat(Duration.ofNanos(recordedNanos - playedNanos)).isLessThan(HEARD_LIMIT);
        assertThat(card.statistics().get(1).xruns()).as("xruns").isLessThanOrEqualTo(1);
    }
}
