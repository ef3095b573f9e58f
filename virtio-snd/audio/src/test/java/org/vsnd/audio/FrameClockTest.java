// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameClockTest {
    private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000L);

    @ParameterizedTest
    @ValueSource(ints = {1, 5512, 8000, 11025, 44100, 48000, 384000, 999_999_937, 1_000_000_000})
    void agreesWithUnboundedArithmeticForAnyLong(int rateHz) {
        FrameClock clock = new FrameClock(rateHz);
        SplittableRandom random = new SplittableRandom(rateHz);
        for (int i = 0; i < 20_000; i++) {
            long nanos = random.nextLong() >> random.nextInt(64);
            assertThat(clock.framesIn(nanos)).isEqualTo(floorFrames(nanos, rateHz));
        }
        for (long nanos : new long[] {Long.MIN_VALUE, -1, 0, 1, 999_999_999L, 1_000_000_000L, Long.MAX_VALUE}) {
            assertThat(clock.framesIn(nanos)).isEqualTo(floorFrames(nanos, rateHz));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5512, 8000, 11025, 44100, 48000, 384000, 999_999_937, 1_000_000_000})
    void nanosOfIsTheFirstNanosecondOfAFrameCount(int rateHz) {
        FrameClock clock = new FrameClock(rateHz);
        SplittableRandom random = new SplittableRandom(rateHz);
        long most = clock.framesIn(Long.MAX_VALUE - 2_000_000_000L);
        for (int i = 0; i < 20_000; i++) {
            long frames = random.nextLong(-most, most) >> random.nextInt(60);
            long nanos = clock.nanosOf(frames);
            assertThat(clock.framesIn(nanos)).isEqualTo(frames);
            assertThat(clock.framesIn(nanos - 1)).isLessThan(frames);
        }
    }

    @Test
    void sixteenThousandFramesAtTheHaikuPeriodAre341And33Milliseconds() {
        assertThat(new FrameClock(48000).nanosOf(16384)).isEqualTo(341_333_334L);
        assertThat(new FrameClock(44100).nanosOf(44100L * 86400)).isEqualTo(86_400_000_000_000L);
    }

    @Test
    void beyondTheRangeOfNanosecondsItStaysAtTheEnd() {
        FrameClock clock = new FrameClock(8000);
        assertThat(clock.nanosOf(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(clock.nanosOf(Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void aRateOutsideTheRangeIsRefused() {
        assertThatThrownBy(() -> new FrameClock(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FrameClock(1_000_000_001)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new FrameClock(44100).rateHz()).isEqualTo(44100);
    }

    private static long floorFrames(long nanos, int rateHz) {
        BigInteger[] parts =
                BigInteger.valueOf(nanos).multiply(BigInteger.valueOf(rateHz)).divideAndRemainder(BILLION);
        return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE).longValueExact() : parts[0].longValueExact();
    }
}
