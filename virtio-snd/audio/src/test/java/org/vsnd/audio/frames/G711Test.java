// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The laws of ITU-T G.711")
class G711Test {
    private static final double FULL = 32_768;

    @DisplayName("give the values of the recommendation's tables, here in units of 16 bits")
    @ParameterizedTest
    @CsvSource({
        "MU_LAW, ff, 0", // 14 bits: 0, 2, 30, 33, 93, 99, 8031
        "MU_LAW, fe, 8",
        "MU_LAW, f0, 120",
        "MU_LAW, ef, 132",
        "MU_LAW, e0, 372",
        "MU_LAW, df, 396",
        "MU_LAW, 80, 32124",
        "MU_LAW, 7f, 0",
        "MU_LAW, 7e, -8",
        "MU_LAW, 00, -32124",
        "A_LAW, d5, 8", // 13 bits: 1, 3, 31, 33, 63, 66, 4032
        "A_LAW, d4, 24",
        "A_LAW, da, 248",
        "A_LAW, c5, 264",
        "A_LAW, ca, 504",
        "A_LAW, f5, 528",
        "A_LAW, aa, 32256",
        "A_LAW, 55, -8",
        "A_LAW, 2a, -32256",
    })
    void giveTheirValues(G711 law, String sample, int value) {
        assertThat(law.decode(Integer.parseInt(sample, 16)) * FULL).isEqualTo(value);
    }

    @DisplayName("decide as the recommendation's tables do")
    @ParameterizedTest
    @CsvSource({
        "MU_LAW, 0, ff",
        "MU_LAW, 3, ff", // the first decision is at 1 of 14 bits
        "MU_LAW, 4, fe",
        "MU_LAW, 123, f0",
        "MU_LAW, 124, ef", // 31 of 14 bits
        "MU_LAW, 32767, 80",
        "MU_LAW, -4, 7e",
        "MU_LAW, -32768, 00",
        "A_LAW, 0, d5",
        "A_LAW, 15, d5",
        "A_LAW, 16, d4",
        "A_LAW, 255, da",
        "A_LAW, 256, c5",
        "A_LAW, 511, ca",
        "A_LAW, 512, f5",
        "A_LAW, 32767, aa",
        "A_LAW, -1, 55",
        "A_LAW, -32768, 2a",
    })
    void decide(G711 law, int value, String sample) {
        assertThat(Integer.toHexString(law.encode(value / FULL) | 0x100).substring(1))
                .isEqualTo(sample);
    }

    @ParameterizedTest
    @EnumSource(G711.class)
    @DisplayName("give back every sample")
    void giveBackEverySample(G711 law) {
        for (int sample = 0; sample < 256; sample++) {
            boolean negativeZero = law == G711.MU_LAW && sample == 0x7f; // there are two zeros
            assertThat(law.encode(law.decode(sample))).isEqualTo(negativeZero ? 0xff : sample);
        }
    }

    @Test
    void whatIsNoNumberIsSilence() {
        assertThat(G711.MU_LAW.encode(Double.NaN)).isEqualTo(0xff);
        assertThat(G711.A_LAW.encode(Double.NaN)).isEqualTo(0xd5);
        assertThat(G711.A_LAW.encode(Double.POSITIVE_INFINITY)).isEqualTo(0xaa);
    }
}
