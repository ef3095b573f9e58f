// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeriodNumbersTest {
    private static long[] numbers(long... nanos) {
        return PeriodNumbers.of(nanos, 100);
    }

    @Test
    void aPeriodWithoutAnInterruptIsSkipped() {
        assertThat(numbers(1000, 1100, 1300, 1400)).containsExactly(0, 1, 3, 4);
    }

    @Test
    void aLateOneKeepsItsNumber() {
        assertThat(numbers(1000, 1175, 1200, 1300)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void oneMoreThanAPeriodLateKeepsItsNumber() {
        assertThat(numbers(1000, 1202, 1203, 1300)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void aFirstOneThatWasLateDoesNotShiftTheOthers() {
        assertThat(numbers(1060, 1100, 1200, 1300)).containsExactly(-1, 0, 1, 2);
    }

    @Test
    void aSlowClockIsFollowed() {
        long[] nanos = new long[2001];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = i * 1_000_300L; // 300 ppm: more than half a period in the end
        }

        long[] numbers = PeriodNumbers.of(nanos, 1_000_000);

        assertThat(numbers[2000]).isEqualTo(2000);
    }
}
