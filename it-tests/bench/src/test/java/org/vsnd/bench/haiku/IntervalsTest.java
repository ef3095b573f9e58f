// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IntervalsTest {
    private static final double PERIOD = 341e6;

    /** Events a period apart, but for so much. */
    private static Intervals off(double... nanos) {
        long[] times = new long[nanos.length + 1];
        times[0] = 77_000_000_000_000L;
        for (int i = 0; i < nanos.length; i++) {
            times[i + 1] = times[i] + Math.round(PERIOD + nanos[i]);
        }
        return Intervals.between(times, PERIOD);
    }

    @Test
    void intervalsAreHeldAgainstAPeriod() {
        Intervals intervals = off(-40_000, 10_000, 20_000, 900_000, -700_000);

        assertThat(intervals.count()).isEqualTo(5);
        assertThat(intervals.medianNanos()).isCloseTo(10_000, within(1.0));
        assertThat(intervals.latestNanos()).isCloseTo(900_000, within(1.0));
        assertThat(intervals.earliestNanos()).isCloseTo(-700_000, within(1.0));
    }

    @Test
    void tooEarlyIsAsFarOffAsTooLate() {
        double[] most = new double[100];
        for (int i = 0; i < 6; i++) {
            most[i] = -600_000;
        }

        assertThat(off(most).p95Nanos()).isCloseTo(600_000, within(1.0));
        assertThat(off(most).p95Holds()).isFalse();
        most[0] = 0;
        assertThat(off(most).p95Nanos())
                .as("a twentieth of the way from one to the next")
                .isCloseTo(30_000, within(1.0));
        assertThat(off(most).p95Holds()).isTrue();
    }

    @Test
    void medianMayBeATenthOfAMillisecondOff() {
        assertThat(off(100_000).medianHolds()).isTrue();
        assertThat(off(-100_001).medianHolds()).isFalse();
    }

    @Test
    void latestMayBeFiveMillisecondsBehindTheControls() {
        Intervals control = off(2_000_000, 0);

        assertThat(off(0, 7_000_000).latestHolds(control)).isTrue();
        assertThat(off(0, 7_000_001).latestHolds(control)).isFalse();
    }

    @Test
    void whatWasNotMeasuredDoesNotHold() {
        Intervals none = Intervals.between(new long[] {1}, PERIOD);

        assertThat(none.count()).isZero();
        assertThat(none.medianHolds()).isFalse();
        assertThat(none.p95Holds()).isFalse();
        assertThat(none.latestHolds(off(0))).isFalse();
    }
}
