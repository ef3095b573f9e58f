// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.cli.boot.BootException;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.nativebind.pulse.PulseBackend;

/** When a microphone of a real server is open, and what the first message has. */
@Tag("server")
class RecordingStartTest {
    private static final int RATE_HZ = 48_000;
    private static final int FRAME_BYTES = 4;
    /** Haiku's. */
    private static final int PERIOD = 16_384;

    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, RATE_HZ, 2, RATE_HZ / 50);
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** Some seconds; a busy machine has more trouble of its own meanwhile. */
    private static final Duration CALM_LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private AudioServer server;
    private PulseBackend backend;

    private void start(ServerKind kind) throws Exception {
        server = kind.start(folder.resolve("server"));
        PulseAddress.use(server);
        backend = PulseBackend.open(ServerKind.SINK + "," + ServerKind.SOURCE);
    }

    @AfterEach
    void end() {
        backend.close();
        PulseAddress.forget();
        server.close();
    }

    /** The state of our stream at the server: yes or no, or nothing without a stream. */
    private String corked() throws BootException {
        String[] halves = server.pactl().run("list", "source-outputs").split("Corked: ", 2);
        return halves.length == 1 ? "" : halves[1].lines().findFirst().orElseThrow();
    }

    private void awaitCorked(String state) throws Exception {
        Await.until(LIMIT, () -> corked().equals(state), () -> "a stream that is corked: \"" + state + "\"");
    }

    @ParameterizedTest
    @EnumSource
    void theFirstMessageHasWhatWasRecordedSinceTheStart(ServerKind kind) throws Exception {
        start(kind);
        byte[] sound = FramePattern.frames(S16, 20 * RATE_HZ);
        try (FilePlayer player = FilePlayer.start(server, ServerKind.SINK, S16, sound, folder.resolve("sound"))) {
            Await.until(
                    LIMIT,
                    () -> !server.pactl().run("list", "short", "sink-inputs").isEmpty(),
                    () -> "the sound");
            for (int i = 0; i < 3; i++) {
                AudioSource source = backend.openSource(PARAMS, "input 0");
                source.start();
                int silent = silentFrames(source);
                assertThat(silent).as("frames of silence at the beginning").isLessThan(PERIOD);
                source.close();
            }
            assertThat(player.isPlaying()).isTrue();
        }
    }

    /** Records one period, and says how much of its beginning is silence; behind that there is none but what is late. */
    private static int silentFrames(AudioSource source) {
        ByteBuffer period = ByteBuffer.allocate(PERIOD * FRAME_BYTES);
        LockSupport.parkNanos(PERIOD * 1_000_000_000L / RATE_HZ);
        source.read(period, PERIOD);
        int silent = 0;
        while (silent < PERIOD && period.getInt(silent * FRAME_BYTES) == 0) {
            silent++;
        }
        int end = PERIOD;
        while (end > silent && period.getInt((end - 1) * FRAME_BYTES) == 0) {
            end--;
        }
        for (int i = silent; i < end; i++) {
            assertThat(period.getInt(i * FRAME_BYTES)).as("frame %d", i).isNotZero();
        }
        return silent;
    }

    @ParameterizedTest
    @EnumSource
    void theLatencyComesBackWhenTheServerStoodStill(ServerKind kind) throws Exception {
        start(kind);
        AudioSource source = backend.openSource(PARAMS, "input 0");
        source.start();
        Device device = new Device(source);
        long usual = device.runUntil(() -> false, Duration.ofSeconds(3));
        for (int i = 0; i < 2; i++) {
            server.freeze();
            device.runUntil(() -> false, Duration.ofMillis(150));
            server.thaw();
            device.runUntil(() -> source.latencyFrames() > usual, Duration.ofSeconds(1));
            device.runUntil(() -> source.latencyFrames() <= usual, CALM_LIMIT);
            assertThat(source.latencyFrames()).isLessThanOrEqualTo(usual);
        }
        source.close();
    }

    /** Reads a source as a device does: by its own clock, and sooner when it may. */
    private static final class Device {
        private final AudioSource source;
        private final ByteBuffer frames = ByteBuffer.allocate(2 * RATE_HZ * FRAME_BYTES);
        private final long startNanos = System.nanoTime();
        private long readFrames;
        private long soonerFrames;

        Device(AudioSource source) {
            this.source = source;
        }

        /** Returns the lowest latency there was. */
        long runUntil(BooleanSupplier end, Duration limit) {
            long least = Long.MAX_VALUE;
            for (long until = System.nanoTime() + limit.toNanos(); System.nanoTime() < until && !end.getAsBoolean(); ) {
                LockSupport.parkNanos(10_000_000);
                long dueFrames =
                        (System.nanoTime() - startNanos) * RATE_HZ / 1_000_000_000L + soonerFrames - readFrames;
                long now = Math.min(dueFrames, 2 * RATE_HZ);
                source.read(frames.clear().limit((int) now * FRAME_BYTES), dueFrames);
                readFrames += now;
                soonerFrames += source.takeSpareFrames();
                least = Math.min(least, source.latencyFrames());
            }
            return least;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsRecordedButFromStartToStopAndNothingIsKeptLongBesides(ServerKind kind) throws Exception {
        start(kind);
        AudioSource source = backend.openSource(PARAMS, "input 0");
        awaitCorked("yes");
        awaitCorked(""); // for want of a start
        source.start();
        awaitCorked("no");
        source.pause();
        awaitCorked("yes");
        source.start();
        awaitCorked("no");
        source.pause();
        awaitCorked("");
        source.close();
    }
}
