// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompletionErrorsTest {
    private final CompletionErrors errors = new CompletionErrors();

    @Test
    void isZeroWhenEmpty() {
        assertThat(errors.quantileNanos(0.99)).isZero();
        assertThat(errors.maxNanos()).isZero();
        assertThat(errors.count()).isZero();
    }

    @Test
    void quantilesAreNeverTooSmallAndAtMostAnEighthTooLarge() {
        for (int value = 1; value <= 10_000; value++) {
            errors.record(value);
        }
        assertThat(errors.count()).isEqualTo(10_000);
        assertThat(errors.quantileNanos(0.5)).isBetween(5000L, 5000 * 9L / 8);
        assertThat(errors.quantileNanos(0.99)).isBetween(9900L, 10_000L);
        assertThat(errors.maxNanos()).isEqualTo(10_000);
    }

    @Test
    void takesEveryValueThatALongHolds() {
        for (int shift = 0; shift < Long.SIZE - 1; shift++) {
            CompletionErrors one = new CompletionErrors();
            long value = 1L << shift;
            one.record(value);
            assertThat(one.quantileNanos(1)).isEqualTo(value);
        }
        errors.record(Long.MAX_VALUE);
        assertThat(errors.quantileNanos(0.5)).isEqualTo(Long.MAX_VALUE);
    }
}
