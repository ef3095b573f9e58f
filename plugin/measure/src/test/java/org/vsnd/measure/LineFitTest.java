// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LineFitTest {
    private static final long BOOT = 1_000_000_000_000_000L;

    @Test
    void pointsOnALineHaveItsSlopeAndNoDistance() {
        LineFit fit = LineFit.through(new long[] {0, 1, 2, 10}, new long[] {BOOT, BOOT + 7, BOOT + 14, BOOT + 70});

        assertThat(fit.slopeNanos()).isCloseTo(7, within(1e-9));
        assertThat(fit.slopeErrorNanos()).isCloseTo(0, within(1e-9));
        assertThat(fit.distanceNanos(100)).isCloseTo(0, within(1e-9));
    }

    @Test
    void anEventThatWasNotSeenHasItsPlaceOnTheLine() {
        LineFit fit = LineFit.through(new long[] {10, 11, 13}, new long[] {BOOT, BOOT + 20, BOOT + 60});

        assertThat(fit.nanosAt(12)).isCloseTo(BOOT + 40.0, within(1e-3));
        assertThat(fit.nanosAt(9.5)).isCloseTo(BOOT - 10.0, within(1e-3));
    }

    @Test
    void theSlopeOfNoisyTimesIsWithinThreeOfItsErrors() {
        Random random = new Random(17);
        long[] numbers = new long[3000];
        long[] times = new long[3000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
            times[i] = BOOT + i * 10_000_000L + Math.round(random.nextGaussian() * 50_000);
        }

        LineFit fit = LineFit.through(numbers, times);

        assertThat(fit.slopeErrorNanos()).isCloseTo(50_000 / Math.sqrt(Math.pow(3000, 3) / 12), within(0.1));
        assertThat(fit.slopeNanos()).isCloseTo(10_000_000, within(3 * fit.slopeErrorNanos()));
    }

    @Test
    void oneTimeThatIsFarOffIsNoPercentileButTheGreatest() {
        // alternating +-100 about a line, and one far off in the middle that hardly tilts it
        long[] numbers = new long[101];
        long[] times = new long[101];
        for (int i = 0; i < 101; i++) {
            numbers[i] = i;
            times[i] = i * 1_000L + (i % 2 == 0 ? 100 : -100) + (i == 50 ? 10_000 : 0);
        }

        LineFit fit = LineFit.through(numbers, times);

        assertThat(fit.distanceNanos(99)).isBetween(0.0, 300.0);
        assertThat(fit.distanceNanos(100)).isGreaterThan(9_000);
    }
}
