// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vsnd.bench.audio.LatencyTrend.At;

class LatencyTrendTest {
    /** Once a second for a minute, growing by so much a second. */
    private static List<At> growing(double nanosPerSecond) {
        return IntStream.range(0, 60)
                .mapToObj(second -> new At(second * 1e9, 20e6 + second * nanosPerSecond))
                .toList();
    }

    @Test
    void firstTenSecondsAreComparedWithTheLast() {
        LatencyTrend trend = LatencyTrend.of(growing(100_000));

        assertThat(trend.beginNanos()).isCloseTo(20.5e6, within(1.0));
        assertThat(trend.growthNanos()).isCloseTo(4.9e6, within(1.0));
        assertThat(trend.steady()).isFalse();
    }

    @Test
    void latencyThatStaysIsSteady() {
        assertThat(LatencyTrend.of(growing(0)).steady()).isTrue();
        assertThat(LatencyTrend.of(growing(-10_000)).steady()).isTrue();
    }

    @Test
    void latencyThatWasNotMeasuredIsNotSteady() {
        assertThat(LatencyTrend.of(List.of()).steady()).isFalse();
    }
}
