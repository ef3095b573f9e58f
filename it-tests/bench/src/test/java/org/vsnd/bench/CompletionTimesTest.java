// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CompletionTimesTest {
    private static final Shape SHAPE = Shape.ofPeriod(480);
    private static final long PERIOD = 10_000_000;
    private static final long[] CONTROL = every(PERIOD, 200);

    private static long[] every(long nanos, int count) {
        return LongStream.range(0, count).map(n -> 5_000_000_000L + n * nanos).toArray();
    }

    private static long[] without(long[] times, int index) {
        return LongStream.range(0, times.length)
                .filter(i -> i != index)
                .map(i -> times[(int) i])
                .toArray();
    }

    @Test
    void interruptsOnTheClockHaveNoSlopeToSpeakOf() throws BenchException {
        CompletionTimes times = CompletionTimes.of(every(PERIOD, 100), CONTROL, SHAPE, 100);

        assertThat(times.count()).isEqualTo(99);
        assertThat(times.missing()).isZero();
        assertThat(times.regular()).isTrue();
        assertThat(times.trueToClock()).isTrue();
    }

    @Test
    void aClockTwoPartsPerMillionSlowIsFoundOut() throws BenchException {
        CompletionTimes times = CompletionTimes.of(every(PERIOD + 20, 100), CONTROL, SHAPE, 100);

        assertThat(times.slopePpm()).isCloseTo(2, within(0.01));
        assertThat(times.trueToClock()).isFalse();
    }

    @Test
    void whatIsReturnedAtTheEndOfTheStreamDoesNotCount() throws BenchException {
        long[] arrivals = Arrays.copyOf(every(PERIOD, 100), 101);
        arrivals[100] = arrivals[99] + 700_000;

        assertThat(CompletionTimes.of(arrivals, CONTROL, SHAPE, 100).count()).isEqualTo(99);
    }

    @Test
    void twoCompletionsWithOneInterruptAreAGapAndNotASlope() throws BenchException {
        CompletionTimes times = CompletionTimes.of(without(every(PERIOD, 100), 40), CONTROL, SHAPE, 100);

        assertThat(times.missing()).isEqualTo(1);
        assertThat(times.slopePpm()).isCloseTo(0, within(0.01));
    }

    @Test
    void lateInterruptsAreIrregular() throws BenchException {
        long[] arrivals = every(PERIOD, 100);
        for (int i = 10; i < 100; i += 30) {
            arrivals[i] += 500_000;
        }

        assertThat(CompletionTimes.of(arrivals, CONTROL, SHAPE, 100).regular()).isFalse();
    }

    @Test
    void noInterruptsAreAnError() {
        assertThatThrownBy(() -> CompletionTimes.of(new long[0], CONTROL, SHAPE, 100))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("only 0 interrupts");
    }
}
