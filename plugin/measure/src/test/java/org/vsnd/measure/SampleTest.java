// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SampleTest {
    @Test
    void quantilesAreValuesThatWereMeasured() {
        Sample sample = Sample.of(3, -1, Double.NaN, 2, -4);

        assertThat(sample.count()).isEqualTo(4);
        assertThat(sample.median()).isEqualTo(-1);
        assertThat(sample.quantile(0)).isEqualTo(-4);
        assertThat(sample.quantile(1)).isEqualTo(3);
        assertThat(sample.sizes().quantile(0.99)).isEqualTo(4);
    }

    @Test
    void nothingMeasuredIsNoNumber() {
        assertThat(Sample.of().median()).isNaN();
    }
}
