// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_BAD_MSG;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_NOT_SUPP;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.audio.PcmFormat;

class StreamParamsTest {
    private static final StreamInfo OFFERED =
            new StreamInfo(0, VirtioSnd.VIRTIO_SND_D_OUTPUT, 1L << 5 | 1L << 17, 1L << 6 | 1L << 7, 1, 2);

    @Test
    void takesWhatIsOffered() throws RequestException {
        assertThat(StreamParams.check(new PcmSetParams(16384, 4096, 0, 2, 5, 7), OFFERED, true))
                .isEqualTo(new StreamParams(16384, 4096, 2, PcmFormat.S16, 48000, 0));
    }

    @Test
    @DisplayName("HAIKU.md section 5: a buffer of one period is taken")
    void takesABufferOfOnePeriod() throws RequestException {
        assertThat(StreamParams.check(new PcmSetParams(65536, 65536, 0, 2, 5, 7), OFFERED, true)
                        .holdsOnePeriod())
                .isTrue();
    }

    @ParameterizedTest
    @DisplayName("SND-41, SND-44: what is not offered is NOT_SUPP, before any shift")
    @CsvSource({
        "16384, 4096, 0, 2, 4, 7", // U8
        "16384, 4096, 0, 2, 69, 7", // 69 & 63 == 5
        "16384, 4096, 0, 2, 255, 7",
        "16384, 4096, 0, 2, 5, 10",
        "16384, 4096, 0, 2, 5, 71", // 71 & 63 == 7
        "16384, 4096, 0, 2, 5, 255",
        "16384, 4096, 0, 0, 5, 7",
        "16384, 4096, 0, 3, 5, 7",
        "16384, 4096, 16, 2, 5, 7",
        "16384, 4096, 1, 2, 5, 7",
        "33554432, 4096, 0, 2, 5, 7",
        "4294967040, 256, 0, 2, 5, 7",
    })
    void refusesWhatIsNotOffered(long buffer, long period, int features, int channels, int format, int rate) {
        assertStatus(new PcmSetParams(buffer, period, features, channels, format, rate), VIRTIO_SND_S_NOT_SUPP);
    }

    @ParameterizedTest
    @DisplayName("SND-41: sizes that do not fit each other are BAD_MSG")
    @CsvSource({
        "16384, 0, 0, 2, 5, 7",
        "0, 4096, 0, 2, 5, 7",
        "0, 0, 0, 2, 5, 7",
        "16385, 4096, 0, 2, 5, 7",
        "4096, 16384, 0, 2, 5, 7",
        "4098, 4098, 0, 2, 5, 7", // not a whole frame
        "16384, 4096, 3, 2, 5, 7", // both kinds of shared memory
    })
    void refusesWhatMakesNoSense(long buffer, long period, int features, int channels, int format, int rate) {
        assertStatus(new PcmSetParams(buffer, period, features, channels, format, rate), VIRTIO_SND_S_BAD_MSG);
    }

    @Test
    @DisplayName(
            "a driver that is not held to the standard may have periods that are no whole frames, from one frame on")
    void oddPeriods() throws RequestException {
        PcmSetParams nuttx = new PcmSetParams(4 * 882, 882, 0, 2, 5, 7);
        assertThat(StreamParams.check(nuttx, OFFERED, false).periodBytes()).isEqualTo(882);
        assertStatus(nuttx, VIRTIO_SND_S_BAD_MSG);
        assertThatThrownBy(() -> StreamParams.check(new PcmSetParams(12, 3, 0, 2, 5, 7), OFFERED, false))
                .isInstanceOf(RequestException.class);
    }

    private static void assertStatus(PcmSetParams asked, int status) {
        assertThatThrownBy(() -> StreamParams.check(asked, OFFERED, true))
                .isInstanceOfSatisfying(
                        RequestException.class, e -> assertThat(e.status()).isEqualTo(status));
    }
}
