// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.PacedBus;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.PluginException;

/** Live sound of guests in virtual time, which may be in step with the wall clock and mostly is not. */
@Tag("server")
class UnpacedGuestTest {
    private static final SoundFormat S16 = SoundFormat.S16_STEREO_48K;
    private static final int RAM_BYTES = 32 << 20;
    private static final int RATE_HZ = 48_000;
    private static final long SECOND = 1_000_000_000L;
    /** 20 ms. */
    private static final StreamSetup PERIODS = StreamSetup.s16At48k(960, 3840);
    /** As Haiku: one message in flight. */
    private static final StreamSetup SINGLE = StreamSetup.s16At48k(16_384, 16_384);
    /** Half a second of a burst and two cushions of 100 ms. */
    private static final long MOST_QUEUED_FRAMES = RATE_HZ / 2 + 2L * RATE_HZ / 10;

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final Warnings warnings = new Warnings();
    private PulseServer server;
    private PacedBus bus;
    private SoundCard card;
    private SoundDriver driver;

    /** What the library says about the pace. */
    private static final class Warnings extends Handler {
        private final Logger logger = Logger.getLogger("org.vsnd.audio.unpaced.UnpacedBackend");
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            lines.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void startServer() throws Exception {
        server = PulseServer.builder(folder.resolve("pulse")).nullSink("first").start();
        PulseAddress.use(server);
        warnings.logger.setLevel(Level.WARNING);
        warnings.logger.setUseParentHandlers(false);
        warnings.logger.addHandler(warnings);
    }

    @AfterEach
    void end() {
        warnings.logger.removeHandler(warnings);
        warnings.logger.setUseParentHandlers(true);
        warnings.logger.setLevel(null);
        if (bus != null) {
            bus.close();
        }
        PulseAddress.forget();
        server.close();
    }

    private void plug(double speed, Map<String, String> more) throws PluginException {
        VirtualHost host = new VirtualHost(FlatMemory.open(0, RAM_BYTES), new InterruptLog(2048, false));
        Map<String, String> options = new HashMap<>(more);
        options.put("backend", "pulse:first,first.monitor");
        card = new VirtioSoundPlugin().create(host, options);
        bus = new PacedBus(new VirtualBus(host, card), speed);
        driver = SoundDriver.start(bus, DriverStyle.LINUX);
    }

    private StreamStatistics playback() {
        return card.statistics().get(0);
    }

    private StreamStatistics capture() {
        return card.statistics().get(1);
    }

    /** The first nanosecond at which so many frames are over. */
    private static long exactNanos(long frames) {
        return frames / RATE_HZ * SECOND + (frames % RATE_HZ * SECOND + RATE_HZ - 1) / RATE_HZ;
    }

    private static long directMemoryBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private MonitorRecorder listen() throws Exception {
        return MonitorRecorder.start(server, "first.monitor", S16, folder.resolve("heard"));
    }

    /** What was heard, when all that was not dropped has been. */
    private HeardPattern heard(MonitorRecorder recorder, int frames) throws Exception {
        HeardPattern[] heard = new HeardPattern[1];
        long expected = frames - playback().hostDroppedFrames();
        Await.until(
                LIMIT,
                () -> {
                    heard[0] = HeardPattern.in(recorder.soFar(), S16, frames);
                    return heard[0].heardFrames() >= expected;
                },
                () -> expected + " frames: " + heard[0]);
        recorder.awaitMore(4800);
        return HeardPattern.in(recorder.soFar(), S16, frames);
    }

    private static long lostFrames(HeardPattern heard) {
        return heard.gaps().stream().mapToLong(HeardPattern.Gap::lost).sum();
    }

    private static void assertInOrder(HeardPattern heard) {
        assertThat(heard.strangeFrames()).as(heard.toString()).isZero();
        assertThat(heard.gaps()).as(heard.toString()).allMatch(gap -> gap.lost() >= 0);
    }

    @ParameterizedTest
    @CsvSource({"0.1, 25", "1, 100", "10, 1000"})
    void aGuestIsAnsweredInItsOwnTimeAtAnySpeedAndHeardAsFarAsCanBe(double speed, int messages) throws Exception {
        plug(speed, speed == 1 ? Map.of("target", "200ms") : Map.of()); // a busy machine may be late in real time
        int frames = messages * PERIODS.periodFrames();
        try (MonitorRecorder recorder = listen()) {
            PatternGuest guest = new PatternGuest(driver, PERIODS, messages);
            long started = guest.start();
            long wallNanos = System.nanoTime();
            guest.runUntil(messages / 5, 100 * SECOND);
            long memoryBytes = directMemoryBytes();
            guest.runUntil(messages, 100 * SECOND);
            long wallFrames = (System.nanoTime() - wallNanos) * RATE_HZ / SECOND;
            assertThat(directMemoryBytes()).isLessThan(memoryBytes + (1 << 20));
            guest.stop();

            for (int i = 0; i < messages - 1; i++) {
                assertThat(guest.completedNanos(i) - started)
                        .as("message %d", i)
                        .isEqualTo(exactNanos((i + 1L) * PERIODS.periodFrames()));
            }
            assertThat(guest.completedNanos(messages - 1) - guest.completedNanos(messages - 5))
                    .as("the last of a buffer of 80 ms, after it was sent")
                    .isEqualTo(75_000_000);
            assertThat(playback().xruns() + playback().reanchorings()).isZero();
            HeardPattern heard = heard(recorder, frames);
            assertInOrder(heard);
            assertThat(heard.heardFrames()).as(heard.toString()).isEqualTo((int)
                    (frames - playback().hostDroppedFrames()));
            if (speed == 1) {
                assertThat(heard.isExact()).as(heard.toString()).isTrue();
                assertThat(playback().hostSilentFrames()).isZero();
                assertThat(warnings.lines).isEmpty();
            } else if (speed < 1) {
                assertThat(playback().hostDroppedFrames()).isZero();
                assertThat(lostFrames(heard)).isZero();
                assertThat(playback().hostSilentFrames()).isGreaterThan(5L * frames);
                assertThat(warnings.lines).singleElement().asString().contains("output 0", "slower");
            } else {
                assertThat(playback().hostDroppedFrames())
                        .isGreaterThan(frames - wallFrames - MOST_QUEUED_FRAMES - RATE_HZ / 10);
                assertThat(warnings.lines).singleElement().asString().contains("output 0");
            }
        }
    }

    @Test
    void aGuestInRealTimeWithOneMessageInFlightIsHeardWhole() throws Exception {
        plug(1, Map.of("target", "200ms"));
        int messages = 8;
        try (MonitorRecorder recorder = listen()) {
            PatternGuest guest = new PatternGuest(driver, SINGLE, messages);
            long started = guest.start();
            guest.runUntil(messages, 100 * SECOND);
            guest.stop();

            for (int i = 0; i < messages; i++) { // 120 ms until the first is due, 40 ms before each
                assertThat(guest.completedNanos(i) - started)
                        .as("message %d", i)
                        .isEqualTo(exactNanos(3840 + (long) i * SINGLE.periodFrames()));
            }
            HeardPattern heard = heard(recorder, messages * SINGLE.periodFrames());
            assertThat(heard.isExact()).as(heard.toString()).isTrue();
            assertThat(warnings.lines).isEmpty();
        }
    }

    @Test
    void aGuestThatStandsStillIsSilentAndGoesOnWhereItWas() throws Exception {
        plug(1, Map.of("target", "200ms"));
        int messages = 100;
        try (MonitorRecorder recorder = listen()) {
            PatternGuest guest = new PatternGuest(driver, PERIODS, messages);
            long started = guest.start();
            guest.runUntil(50, 100 * SECOND);
            bus.standStill(SECOND);
            guest.runUntil(messages, 100 * SECOND);
            guest.stop();

            assertThat(guest.completedNanos(messages - 2) - started)
                    .isEqualTo(exactNanos((messages - 1L) * PERIODS.periodFrames()));
            assertThat(playback().xruns() + playback().reanchorings()).isZero();
            HeardPattern heard = heard(recorder, messages * PERIODS.periodFrames());
            assertInOrder(heard);
            assertThat(heard.heardFrames()).isEqualTo(messages * PERIODS.periodFrames());
            assertThat(heard.runs()).hasSize(2);
            assertThat(playback().hostSilentFrames()).isGreaterThan(RATE_HZ / 2);
            assertThat(warnings.lines).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.1, 25, 3", "1, 200, 2", "10, 1500, 2"})
    void aGuestRecordsInItsOwnTimeAtAnySpeedWhatThereIs(double speed, int messages, int seconds) throws Exception {
        plug(speed, speed == 1 ? Map.of("target", "200ms") : Map.of());
        int frames = seconds * RATE_HZ;
        PeriodStream records = new PeriodStream(driver, driver.firstStream(false), false, PERIODS);
        records.prepare();
        long started = bus.nanoTime();
        records.resume();
        records.runUntil(messages / 8, 100 * SECOND);
        try (FilePlayer player =
                FilePlayer.start(server, "first", S16, FramePattern.frames(S16, frames), folder.resolve("sound"))) {
            records.runUntil(messages, 100 * SECOND);
            player.awaitEnd(LIMIT);
        }

        for (int i = 0; i < messages; i++) {
            assertThat(records.completionNanos(i) - started)
                    .as("message %d", i)
                    .isEqualTo(exactNanos((i + 1L) * PERIODS.periodFrames()));
        }
        assertThat(capture().xruns() + capture().reanchorings()).isZero();
        HeardPattern recorded = HeardPattern.in(records.recorded(), S16, frames);
        assertInOrder(recorded);
        assertThat(recorded.heardFrames()).as(recorded.toString()).isPositive();
        if (speed == 1) {
            assertThat(recorded.isUnbroken()).as(recorded.toString()).isTrue();
            HeardPattern.Run run = recorded.runs().get(0);
            assertThat(run.first() + run.frames()).as("the end, %s", recorded).isEqualTo(frames);
            assertThat(capture().hostDroppedFrames() + capture().hostSilentFrames())
                    .isZero();
            assertThat(warnings.lines).isEmpty();
        } else if (speed < 1) {
            assertThat(capture().hostDroppedFrames()).isGreaterThan(RATE_HZ);
            assertThat(warnings.lines).singleElement().asString().contains("input 0", "slower");
        } else {
            assertThat(lostFrames(recorded)).isZero();
            assertThat(capture().hostSilentFrames()).isGreaterThan(RATE_HZ);
            assertThat(warnings.lines).singleElement().asString().contains("input 0", "faster");
        }
    }
}
