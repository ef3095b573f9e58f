// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamClockTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void withoutReportsItIsExactToTheFrameForADay() {
        StreamClock clock = new StreamClock(44100);
        clock.start(123_456_789L, 0);
        long frames = 44100L * 86400;
        assertThat(clock.nanosAt(frames)).isEqualTo(123_456_789L + 86400 * SECOND);
        assertThat(clock.framesAt(123_456_789L + 86400 * SECOND)).isEqualTo(frames);
        assertThat(clock.framesAt(123_456_789L + 86400 * SECOND - 1)).isEqualTo(frames - 1);
    }

    @Test
    void aDeadlineIsTheFirstInstantThatShowsTheFrame() {
        StreamClock clock = new StreamClock(44100);
        clock.start(5, 100);
        for (long frame = 100; frame < 3000; frame++) {
            assertThat(clock.framesAt(clock.nanosAt(frame))).isEqualTo(frame);
            assertThat(clock.framesAt(clock.nanosAt(frame) - 1)).isEqualTo(frame - 1);
        }
    }

    @Test
    void followsAHostClockThatIsOffByFiveHundredPpmWithoutDrift() {
        for (double ppm : new double[] {500, -500}) {
            Host host = new Host(48000, ppm);
            StreamClock clock = new StreamClock(48000);
            clock.start(0, 0);
            host.runUntil(clock, 200 * SECOND);
            long early = clock.framesAt(200 * SECOND);
            host.runUntil(clock, 300 * SECOND);
            long late = clock.framesAt(300 * SECOND);
            // Reports are 0 to 1 ms late: half of that, 24 frames, is all that may remain, and the same at both ends.
            assertThat(late - host.exactFrames(300 * SECOND))
                    .as("%s ppm, frames off", ppm)
                    .isBetween(-48.0, 0.0);
            double ratio = (late - early) / (100.0 * host.rateHz);
            assertThat((ratio - 1) * 1e6).as("%s ppm, slope over 100 s", ppm).isBetween(ppm - 2, ppm + 2);
        }
    }

    @Test
    void neverRunsBackwardsNorJumpsWhileItFollows() {
        Host host = new Host(48000, 300);
        StreamClock clock = new StreamClock(48000);
        clock.start(0, 0);
        long shown = 0;
        for (long now = 0; now < 30 * SECOND; now += 100_000) {
            host.runUntil(clock, now);
            long next = clock.framesAt(now);
            assertThat(next - shown).isBetween(0L, 7L); // 4.8 nominal, at most 2 % faster, rounded
            shown = next;
        }
    }

    @Test
    void goesOnAtTheNominalRateFromWhereItIsWhenTheHostIsLost() {
        Host host = new Host(48000, 500);
        StreamClock clock = new StreamClock(48000);
        clock.start(0, 0);
        host.runUntil(clock, 60 * SECOND);
        long at = 60 * SECOND;
        long shown = clock.framesAt(at);
        clock.lost(at);
        assertThat(clock.framesAt(at)).isEqualTo(shown);
        assertThat(clock.framesAt(at + SECOND)).isEqualTo(shown + 48000);
    }

    /** Reports in chunks of 10 to 40 ms of the host's own clock, each stamped up to 1 ms late. */
    private static final class Host {
        private final Random random = new Random(7);
        private final int rateHz;
        private final double factor;
        private long nextNanos;
        private int nextDelayNanos;

        Host(int rateHz, double ppm) {
            this.rateHz = rateHz;
            this.factor = 1 + ppm / 1e6;
        }

        double exactFrames(long nanos) {
            return nanos * (rateHz / 1e9) * factor;
        }

        void runUntil(StreamClock clock, long nanos) {
            while (nextNanos + nextDelayNanos <= nanos) {
                clock.report((long) exactFrames(nextNanos), nextNanos + nextDelayNanos);
                nextNanos += 10_000_000 + random.nextInt(30_000_000);
                nextDelayNanos = random.nextInt(1_000_000);
            }
        }
    }

    @Test
    void whatWasLearntOfTheHostsRateOutlivesANewPlaceButNotTheHost() {
        StreamClock clock = new StreamClock(48_000);
        clock.start(0, 0);
        double framesPerNano = 48_000 * 1.0005 / 1e9;
        long nanos = 0;
        for (int i = 0; i < 3000; i++) {
            nanos += 20_000_000;
            clock.report(Math.round(nanos * framesPerNano), nanos);
        }
        clock.start(nanos, 0);
        assertThat(clock.framesAt(nanos + 1_000_000_000L)).isBetween(48_022L, 48_025L);
        clock.lost(nanos);
        assertThat(clock.framesAt(nanos + 1_000_000_000L)).isEqualTo(48_000);
    }
}
