// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Positions of channels")
class ChannelPositionTest {
    @DisplayName("have the numbers of VIRTIO_SND_CHMAP_* (checklist section 5)")
    @Tag("SND-87")
    @ParameterizedTest
    @CsvSource({
        "0, NONE",
        "1, NA",
        "2, MONO",
        "3, FL",
        "4, FR",
        "5, RL",
        "6, RR",
        "7, FC",
        "8, LFE",
        "9, SL",
        "10, SR",
        "11, RC",
        "12, FLC",
        "13, FRC",
        "14, RLC",
        "15, RRC",
        "16, FLW",
        "17, FRW",
        "18, FLH",
        "19, FCH",
        "20, FRH",
        "21, TC",
        "22, TFL",
        "23, TFR",
        "24, TFC",
        "25, TRL",
        "26, TRR",
        "27, TRC",
        "28, TFLC",
        "29, TFRC",
        "30, TSL",
        "31, TSR",
        "32, LLFE",
        "33, RLFE",
        "34, BC",
        "35, BLC",
        "36, BRC",
    })
    void haveTheirNumbers(int number, ChannelPosition position) {
        assertThat(ChannelPosition.of(number)).contains(position);
        assertThat(position.number()).isEqualTo(number);
    }

    @Test
    void thereAreNoOthers() {
        assertThat(ChannelPosition.of(-1)).isEmpty();
        assertThat(ChannelPosition.of(37)).isEmpty();
    }

    @DisplayName("are as ALSA has them where nothing is said")
    @ParameterizedTest
    @CsvSource(
            delimiter = ':',
            value = {
                "1:[MONO]",
                "2:[FL, FR]",
                "3:[FL, FR, LFE]",
                "4:[FL, FR, RL, RR]",
                "5:[FL, FR, RL, RR, FC]",
                "6:[FL, FR, RL, RR, FC, LFE]",
                "7:[FL, FR, RL, RR, FC, LFE, RC]",
                "8:[FL, FR, RL, RR, FC, LFE, SL, SR]",
                "9:[FL, FR, RL, RR, FC, LFE, SL, SR, NONE]",
            })
    void areAsUsual(int channels, String positions) {
        assertThat(ChannelPosition.usual(channels)).hasToString(positions);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 18})
    void thereIsOneForEachChannel(int channels) {
        assertThat(ChannelPosition.usual(channels)).hasSize(channels);
        PcmParams params = new PcmParams(PcmFormat.S16, 48_000, channels, 960);
        assertThat(params.speakers()).isEqualTo(ChannelPosition.usual(channels));
        assertThatThrownBy(() -> params.at(List.of(ChannelPosition.FL, ChannelPosition.FR)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
