// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;

@DisplayName("Playback messages of a driver with several in flight")
class PlaybackTimingTest {
    private static final long SECOND = 1_000_000_000L;

    /** The first nanosecond at which this many frames are over. */
    private static long exactNanos(long frames, int rateHz) {
        return frames / rateHz * SECOND + (frames % rateHz * SECOND + rateHz - 1) / rateHz;
    }

    @ParameterizedTest
    @CsvSource({"7,1024,4096", "7,480,1920", "6,441,1764", "6,1024,4096", "7,64,256", "6,220,880", "7,4800,9600"})
    @DisplayName("are done at their last frame, to the nanosecond (SND-73, SND-74)")
    void areDoneAtTheirLastFrame(int rate, int period, int buffer) {
        StreamSetup setup = new StreamSetup(SndWire.FMT_S16, rate, 2, period, buffer);
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, setup);
            machine.bus().pass(123_456_789);
            stream.start();
            long start = machine.bus().nanoTime();
            stream.runUntil(1000, 100 * SECOND);
            for (int i = 0; i < 1000; i++) {
                assertThat(stream.completionNanos(i) - start)
                        .as("period %d", i)
                        .isEqualTo(exactNanos((i + 1L) * period, setup.rateHz()));
            }
            long heard = machine.tape().sink().framesWritten();
            assertThat(heard).isBetween(1000L * period, 1001L * period);
            stream.stop();
            stream.release();
        }
    }

    @ParameterizedTest
    @CsvSource({"paced,20", "played,20", "copied,20", "paced,5", "played,100"})
    @DisplayName("report what is completed and not yet heard (SND-72)")
    void reportTheLatency(String completion, int targetMillis) {
        Map<String, String> options = Map.of("completion", completion, "target", targetMillis + "ms");
        try (VirtualMachine machine = VirtualMachine.guarded(options)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, StreamSetup.s16At48k(480, 1920));
            stream.start();
            long start = machine.bus().nanoTime();
            stream.runUntil(200, 100 * SECOND);
            int targetFrames = 48 * targetMillis;
            for (int i = 10; i < 200; i++) {
                long expectedFrames = switch (completion) {
                    case "paced" -> targetFrames;
                    case "played" -> 0;
                    default -> targetFrames + 480;
                };
                assertThat(stream.latencyBytes(i)).isEqualTo((int) (4 * expectedFrames));
                long end = (i + 1) * 480L;
                long doneFrame = switch (completion) {
                    case "paced" -> end;
                    case "played" -> end + targetFrames;
                    default -> end - 480;
                };
                assertThat(stream.completionNanos(i) - start).isEqualTo(exactNanos(doneFrame, 48000));
            }
            stream.stop();
            stream.release();
        }
    }

    @Test
    @DisplayName("do not drift by a frame in 24 hours")
    void doNotDrift() {
        // 441 frames at 44.1 kHz are 10 ms; 1764 of 4 periods; a period of 7056 frames keeps the run short
        StreamSetup setup = new StreamSetup(SndWire.FMT_S16, SndWire.RATE_44100, 1, 7050, 28200);
        try (VirtualMachine machine = VirtualMachine.open(Map.of())) {
            machine.tape().countOnly();
            SoundDriver driver = machine.driver(DriverStyle.PLAIN);
            PeriodStream stream = new PeriodStream(driver, 0, true, setup);
            stream.withoutContent();
            stream.start();
            long start = machine.bus().nanoTime();
            int periods = (int) (24L * 3600 * 44100 / 7050);
            stream.runUntil(periods, 25 * 3600 * SECOND);
            assertThat(stream.completionNanos(periods - 1) - start).isEqualTo(exactNanos(7050L * periods, 44100));
            assertThat(machine.tape().sink().gaps()).isZero();
        }
    }
}
