// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;

/** PulseAudio's pipes have the clock of what is at their far end. */
@Tag("server")
class PipeClockTest {
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final int FRAMES = 3 * 48_000 + 1;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final double SECOND = 1e9;

    @TempDir
    Path folder;

    private PulseServer server;

    @BeforeEach
    void start() throws Exception {
        server = PulseServer.builder(folder.resolve("pulse"))
                .pipeSink("dac", S16)
                .pipeSource("adc", S16)
                .start();
    }

    @AfterEach
    void end() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {-200_000, 200_000})
    void sinkPlaysAtItsReadersPace(int ppm) throws Exception {
        try (PipeReader reader = PipeReader.start(server, "dac", S16, ConverterPace.ppm(ppm), folder)) {
            long began = System.nanoTime();
            play();
            double tookSeconds = (System.nanoTime() - began) / SECOND;
            awaitHeard(reader, FRAMES);
            reader.stop();

            HeardPattern heard = HeardPattern.in(reader.soFar(), S16, FRAMES);
            assertThat(heard.isExact()).as(heard.toString()).isTrue();
            double byItsClock = FRAMES / (48_000 * (1 + ppm / 1e6));
            assertThat(tookSeconds).isBetween(byItsClock - 0.1, byItsClock + 0.4); // connecting and draining
            int first = heard.runs().get(0).at();
            PipeTimes times = reader.times();
            assertThat(times.nanosOf(first)).isBetween((double) began, began + 0.4 * SECOND);
            assertThat((times.nanosOf(first + FRAMES - 1) - times.nanosOf(first)) / SECOND)
                    .isBetween(byItsClock - 0.001, byItsClock + 0.1);
            assertThat(times.frames() * S16.frameBytes()).isEqualTo(reader.soFar().length);
        }
    }

    @Test
    void framesReadSoFarHaveJustBeenRead() throws Exception {
        try (PipeReader reader = PipeReader.start(server, "dac", S16, ConverterPace.ppm(0), folder);
                FilePlayer player = FilePlayer.start(
                        server, "dac", S16, FramePattern.frames(S16, FRAMES), folder.resolve("sound"))) {
            Await.until(LIMIT, () -> reader.soFar().length > 48_000, () -> "sound");
            assertThat(player.isPlaying()).isTrue();

            PipeTimes times = reader.times();
            double age = System.nanoTime() - times.nanosOf(times.frames() - 1);

            assertThat(age).isBetween(0.0, SECOND / 2);
        }
    }

    @Test
    void sourceRecordsAtItsWritersPace() throws Exception {
        byte[] signal = FramePattern.frames(S16, FRAMES);
        long began = System.nanoTime();
        try (PipeWriter writer = PipeWriter.start(server, "adc", S16, ConverterPace.ppm(200_000), signal, folder);
                MonitorRecorder recorder = MonitorRecorder.start(server, "adc", S16, folder.resolve("recording"))) {
            HeardPattern[] heard = new HeardPattern[1];
            Await.until(
                    LIMIT,
                    () -> {
                        heard[0] = HeardPattern.in(recorder.soFar(), S16, FRAMES);
                        return !heard[0].runs().isEmpty() && last(heard[0]) == FRAMES;
                    },
                    () -> "the signal's end: " + heard[0]);
            double tookSeconds = (System.nanoTime() - began) / SECOND;
            writer.stop();

            assertThat(tookSeconds).isBetween(2.5, 2.9);
            HeardPattern.Run run = heard[0].runs().get(heard[0].runs().size() - 1);
            assertThat(run.frames()).as(heard[0].toString()).isGreaterThan(FRAMES / 2);
            assertThat(heard[0].strangeFrames()).isZero();
            assertThat(writer.times().nanosAtClock(FRAMES)).isBetween(began + 2.5 * SECOND, began + 2.7 * SECOND);
        }
    }

    private static int last(HeardPattern heard) {
        HeardPattern.Run run = heard.runs().get(heard.runs().size() - 1);
        return run.first() + run.frames();
    }

    @Test
    void readerFindsTheNextServersPipe() throws Exception {
        try (PipeReader reader = PipeReader.start(server, "dac", S16, ConverterPace.ppm(0), folder)) {
            play();
            awaitHeard(reader, FRAMES);
            server.kill();
            server.restart();
            play();
            awaitHeard(reader, 2 * FRAMES);
            reader.stop();

            HeardPattern heard = HeardPattern.in(reader.soFar(), S16, FRAMES);
            assertThat(heard.heardFrames()).as(heard.toString()).isEqualTo(2 * FRAMES);
            assertThat(heard.runs()).hasSize(2);
            assertThat(reader.times().misses()).isNotEmpty();
        }
    }

    /** The last frames are still in the pipe when the player thinks that all is done. */
    private static void awaitHeard(PipeReader reader, int frames) throws Exception {
        Await.until(
                LIMIT,
                () -> HeardPattern.in(reader.soFar(), S16, FRAMES).heardFrames() >= frames,
                () -> "the sound's end at the reader");
    }

    private void play() throws Exception {
        try (FilePlayer player =
                FilePlayer.start(server, "dac", S16, FramePattern.frames(S16, FRAMES), folder.resolve("sound"))) {
            player.awaitEnd(LIMIT);
        }
    }
}
