// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SampleTest {
    @Test
    void percentilesLieBetweenTheNumbersInProportion() {
        Sample sample = Sample.of(3, -1, Double.NaN, 2, -4);

        assertThat(sample.count()).isEqualTo(4);
        assertThat(sample.median()).isEqualTo(0.5);
        assertThat(sample.percentile(0)).isEqualTo(-4);
        assertThat(sample.percentile(100)).isEqualTo(3);
        assertThat(sample.sizes().percentile(90)).isCloseTo(3.7, within(1e-9));
    }

    @Test
    void nothingMeasuredIsNoNumber() {
        assertThat(Sample.of().median()).isNaN();
    }
}
