// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.PacedBus;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.measure.sound.WavFile;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.PluginException;

@DisplayName("A guest whose time is not the wall clock's")
class VirtualTimeTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    /** 10 ms to the nanosecond. */
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);

    private static final long PERIOD_NANOS = 10 * MILLI;
    private static final long INPUT_SEED = 9;

    @TempDir
    Path folder;

    private PacedBus bus;
    private SoundCard card;
    private SoundDriver driver;

    private void start(String backend, double speed) throws PluginException {
        VirtualHost host = new VirtualHost(FlatMemory.open(0, VirtualMachine.RAM_BYTES), new InterruptLog(2048, false));
        card = new VirtioSoundPlugin().create(host, Map.of("backend", backend));
        bus = new PacedBus(new VirtualBus(host, card), speed);
        driver = SoundDriver.start(bus, DriverStyle.LINUX);
    }

    @AfterEach
    void end() {
        bus.close();
    }

    private Path out() {
        return folder.resolve("out.wav");
    }

    private StreamStatistics playback() {
        return card.statistics().get(0);
    }

    private StreamStatistics capture() {
        return card.statistics().get(1);
    }

    private void runUntil(PeriodStream plays, PeriodStream records, int periods) {
        boolean done = driver.await(
                () -> {
                    plays.collect();
                    records.collect();
                    return plays.completions() >= periods && records.completions() >= periods;
                },
                100 * SECOND);
        assertThat(done).as("all periods came back").isTrue();
    }

    private static void assertExact(PeriodStream stream, int from, int to, long startNanos) {
        for (int i = from; i < to; i++) {
            assertThat(stream.completionNanos(i))
                    .as("period %d", i)
                    .isEqualTo(startNanos + (i - from + 1) * PERIOD_NANOS);
        }
    }

    /** Periods that came back in the millisecond after a time. */
    private static int backSoonAfter(PeriodStream stream, long nanos) {
        int count = 0;
        for (int i = 0; i < stream.completions(); i++) {
            long since = stream.completionNanos(i) - nanos;
            count += since >= 0 && since < MILLI ? 1 : 0;
        }
        return count;
    }

    private byte[] played() throws Exception {
        bus.close();
        return WavFile.readFinished(out()).data();
    }

    private static byte[] withoutSilence(byte[] data) {
        byte[] sound = new byte[data.length];
        int length = 0;
        for (byte sample : data) {
            if (sample != 0) {
                sound[length++] = sample;
            }
        }
        return Arrays.copyOf(sound, length);
    }

    @ParameterizedTest
    @CsvSource({"0.1, 30", "1, 100", "10, 1000"})
    @DisplayName("has every sample in its files and is answered to the nanosecond, also when it stands still")
    void hasEverySampleInItsFiles(double speed, int periods) throws Exception {
        byte[] input = BytePattern.bytes(INPUT_SEED, 0, (periods + 8) * SETUP.periodBytes());
        Path in = Files.write(folder.resolve("in.wav"), WavFile.bytes(SoundFormat.S16_STEREO_48K, input));
        start("wav:" + out() + ",in=" + in, speed);
        PeriodStream plays = new PeriodStream(driver, 0, true, SETUP);
        PeriodStream records = new PeriodStream(driver, 1, false, SETUP);
        plays.prepare();
        records.prepare();
        long startNanos = bus.nanoTime();
        plays.resume();
        records.resume();

        runUntil(plays, records, periods / 2);
        bus.standStill(300 * MILLI);
        runUntil(plays, records, periods);

        assertExact(plays, 0, periods, startNanos);
        assertExact(records, 0, periods, startNanos);
        byte[] recorded = records.recorded();
        assertThat(recorded).isEqualTo(Arrays.copyOf(input, recorded.length));
        assertThat(playback().xruns() + capture().xruns()).isZero();
        byte[] played = played();
        assertThat(played.length).isGreaterThanOrEqualTo(periods * SETUP.periodBytes());
        assertThat(played).isEqualTo(BytePattern.bytes(0, 0, played.length));
    }

    @Test
    @DisplayName("that leaps ahead goes on from there without a burst, and no frame is lost")
    void thatLeapsAheadGoesOnFromThere() throws Exception {
        Path in = Files.write(
                folder.resolve("in.wav"),
                WavFile.bytes(
                        SoundFormat.S16_STEREO_48K, BytePattern.bytes(INPUT_SEED, 0, 2000 * SETUP.periodBytes())));
        start("wav:" + out() + ",in=" + in, 10);
        PeriodStream plays = new PeriodStream(driver, 0, true, SETUP);
        PeriodStream records = new PeriodStream(driver, 1, false, SETUP);
        plays.start();
        records.start();
        runUntil(plays, records, 100);

        bus.pass(3 * MILLI);
        bus.leap(10 * SECOND);
        long leapt = bus.nanoTime();
        runUntil(plays, records, 200);

        assertThat(backSoonAfter(plays, leapt)).isLessThanOrEqualTo(1);
        assertThat(backSoonAfter(records, leapt)).isLessThanOrEqualTo(1);
        assertExact(plays, 101, 200, leapt);
        assertExact(records, 101, 200, leapt);
        assertThat(playback().xruns() + capture().xruns()).isZero();
        assertThat(playback().reanchorings()).isEqualTo(1);
        assertThat(capture().reanchorings()).isEqualTo(1);
        byte[] played = played();
        byte[] sound = withoutSilence(played);
        assertThat(sound).isEqualTo(BytePattern.bytes(0, 0, sound.length));
        assertThat(played.length - sound.length).as("a second of silence").isEqualTo(48_000 * 4);
    }

    @Test
    @DisplayName("that leaps ahead while it has nothing to play has one under-run")
    void thatLeapsAheadWhileItHasNothingToPlay() throws Exception {
        start("null", 10);
        PeriodStream plays = new PeriodStream(driver, 0, true, SETUP);
        plays.limitBytes(20L * SETUP.periodBytes());
        plays.start();
        plays.runUntil(20, SECOND);

        bus.leap(10 * SECOND);
        bus.leap(10 * SECOND);
        plays.limitBytes(Long.MAX_VALUE);
        plays.fill();
        long filled = bus.nanoTime();
        plays.runUntil(40, SECOND);

        assertThat(playback().xruns()).isEqualTo(1);
        assertExact(plays, 20, 40, filled);
    }

    @Test
    @DisplayName("that goes back and resets the card plays as if nothing had been")
    void thatGoesBackAndResetsTheCard() throws Exception {
        start("wav:" + out(), 10);
        PeriodStream before = new PeriodStream(driver, 0, true, SETUP);
        before.start();
        before.runUntil(50, SECOND);

        bus.leap(-SECOND / 4);
        driver.pci().reset();
        driver.start();
        PeriodStream after = new PeriodStream(driver, 0, true, SETUP);
        after.prepare();
        long startNanos = bus.nanoTime();
        after.resume();
        after.runUntil(50, SECOND);

        assertExact(after, 0, 50, startNanos);
        assertThat(playback().xruns()).isZero();
        byte[] played = played();
        int again = 50 * SETUP.periodBytes();
        while (played[again] != BytePattern.at(0, 0) || played[again + 1] != BytePattern.at(0, 1)) {
            again += SETUP.periodBytes();
        }
        byte[] first = Arrays.copyOf(played, again);
        byte[] second = Arrays.copyOfRange(played, again, played.length);
        assertThat(first).isEqualTo(BytePattern.bytes(0, 0, first.length));
        assertThat(second).isEqualTo(BytePattern.bytes(0, 0, second.length));
    }
}
