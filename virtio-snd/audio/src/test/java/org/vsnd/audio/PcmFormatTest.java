// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("EnumOrdinal") // the ordinal is the wire number: that is what is tested
class PcmFormatTest {
    @DisplayName("Number, size and silence of each VIRTIO_SND_PCM_FMT_* (checklist section 5)")
    @ParameterizedTest
    @CsvSource({
        "1, MU_LAW, 1, ff",
        "2, A_LAW, 1, d5",
        "3, S8, 1, 00",
        "4, U8, 1, 80",
        "5, S16, 2, 0000",
        "6, U16, 2, 0080",
        "7, S18_3, 3, 000000",
        "8, U18_3, 3, 000002",
        "9, S20_3, 3, 000000",
        "10, U20_3, 3, 000008",
        "11, S24_3, 3, 000000",
        "12, U24_3, 3, 000080",
        "13, S20, 4, 00000000",
        "14, U20, 4, 00000800",
        "15, S24, 4, 00000000",
        "16, U24, 4, 00008000",
        "17, S32, 4, 00000000",
        "18, U32, 4, 00000080",
        "19, FLOAT, 4, 00000000",
        "20, FLOAT64, 8, 0000000000000000",
        "21, DSD_U8, 1, 69",
        "22, DSD_U16, 2, 6969",
        "23, DSD_U32, 4, 69696969",
        "24, IEC958_SUBFRAME, 4, 00000000",
    })
    void formatHasItsWireNumberSizeAndSilence(int number, PcmFormat format, int sampleBytes, String silence) {
        assertThat(format.ordinal()).isEqualTo(number);
        assertThat(format.sampleBytes()).isEqualTo(sampleBytes);
        byte[] bytes = new byte[sampleBytes * 3];
        Arrays.fill(bytes, (byte) 0x55);
        ByteBuffer dst = ByteBuffer.wrap(bytes);
        format.fillSilence(dst);
        assertThat(dst.hasRemaining()).isFalse();
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(silence.repeat(3));
    }

    @Test
    void imaAdpcmHoldsNumberZeroAndThereAreTwentyFive() {
        assertThat(PcmFormat.IMA_ADPCM.ordinal()).isZero();
        assertThat(PcmFormat.IMA_ADPCM.sampleBytes()).isZero();
        assertThat(PcmFormat.values()).hasSize(25);
    }

    @Test
    void frameBytesCountAllChannels() {
        assertThat(new PcmParams(PcmFormat.S24_3, 48000, 6, 0).frameBytes()).isEqualTo(18);
    }
}
