// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.speex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.math.BigInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NearUnityFractionTest {
    private final NearUnityFraction fraction = new NearUnityFraction();

    @Test
    @DisplayName(
            "denominators stay where the library neither overflows nor reduces, and the ratio is met within 0.02 ppm and its 1e-4th")
    void meetsRatiosClosely() {
        for (double ppm = -5000; ppm <= 5000; ppm += 0.37) {
            if (Math.abs(ppm) < 1e6 / NearUnityFraction.MOST_DENOMINATOR) {
                continue;
            }
            fraction.choose(1 + ppm / 1e6);
            assertThat(fraction.denominator())
                    .isBetween(NearUnityFraction.LEAST_DENOMINATOR, NearUnityFraction.MOST_DENOMINATOR);
            assertThat(BigInteger.valueOf(fraction.numerator())
                            .gcd(BigInteger.valueOf(fraction.denominator()))
                            .intValue())
                    .isEqualTo(1);
            assertThat((fraction.ratio() - 1) * 1e6).isCloseTo(ppm, offset(0.02 + Math.abs(ppm) * 1e-4));
        }
    }

    @Test
    @DisplayName("closer to 1 than any fraction two take turns, and never 1:1, which would be a jump")
    void takesTurnsNextToOne() {
        for (double ppm : new double[] {0, 3, -3, 10, -15}) {
            double wanted = 0;
            double given = 0;
            for (int block = 0; block < 1000; block++) {
                fraction.choose(1 + ppm / 1e6);
                assertThat(fraction.ratio()).isNotEqualTo(1);
                wanted += 480 * (1 + ppm / 1e6);
                given += 480 * fraction.ratio();
                fraction.passed(480);
                assertThat(given - wanted).isBetween(-0.03, 0.03); // frames
            }
        }
    }
}
