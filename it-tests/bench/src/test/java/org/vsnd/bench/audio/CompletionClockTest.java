// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Shape;

class CompletionClockTest {
    private static final Shape SHAPE = Shape.ofPeriod(480);
    private static final long PERIOD = 10_000_000;
    private static final long START = 5_000_000_000L;
    private static final double SECOND = 1e9;
    private static final long[] CONTROL = every(PERIOD, 1000);

    private static long[] every(double nanos, int count) {
        return LongStream.range(0, count)
                .map(n -> START + Math.round(n * nanos))
                .toArray();
    }

    @Test
    void completionsGoByTheClockOfTheSink() throws BenchException {
        long[] arrivals = every(PERIOD / 1.0005, 1000);

        CompletionClock clock = CompletionClock.of(arrivals, CONTROL, SHAPE, 1000, SECOND);

        assertThat(clock.ratePpm()).isCloseTo(500, within(0.01));
        assertThat(clock.follows(SinkClock.known(500))).isTrue();
        assertThat(clock.follows(SinkClock.known(498.5))).isFalse();
        assertThat(clock.follows(new SinkClock(498.5, 1))).isTrue();
        assertThat(clock.regular()).isTrue();
        assertThat(clock.withoutInterrupt()).isZero();
        assertThat(clock.missing()).isZero();
    }

    @Test
    void whatComesBeforeTheLoopLocksIsOnlyCounted() throws BenchException {
        long[] arrivals = every(PERIOD, 1000);
        for (int i = 50; i < 1000; i++) {
            arrivals[i] += 448_000_000L; // the clock is placed where the host's first position says
        }

        CompletionClock clock = CompletionClock.of(arrivals, CONTROL, SHAPE, 1000, SECOND);

        assertThat(clock.first()).isEqualTo(56);
        assertThat(clock.ratePpm()).isCloseTo(0, within(0.01));
    }

    @Test
    void interruptForTwoMessagesIsAGap() throws BenchException {
        long[] all = every(PERIOD, 1000);
        long[] arrivals = LongStream.concat(
                        LongStream.of(all).limit(500), LongStream.of(all).skip(501))
                .toArray();

        CompletionClock clock = CompletionClock.of(arrivals, CONTROL, SHAPE, 1000, SECOND);

        assertThat(clock.withoutInterrupt()).isEqualTo(1);
        assertThat(clock.missing()).isEqualTo(1);
        assertThat(clock.ratePpm()).isCloseTo(0, within(0.01));
    }

    @Test
    void lateCompletionsAreIrregular() throws BenchException {
        long[] arrivals = every(PERIOD, 1000);
        for (int i = 120; i < 1000; i += 30) {
            arrivals[i] += 500_000;
        }

        assertThat(CompletionClock.of(arrivals, CONTROL, SHAPE, 1000, SECOND).regular())
                .isFalse();
    }

    @Test
    void warmUpThatLeavesNothingIsAnError() {
        assertThatThrownBy(() -> CompletionClock.of(every(PERIOD, 100), CONTROL, SHAPE, 100, SECOND))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("after the warm-up");
    }
}
