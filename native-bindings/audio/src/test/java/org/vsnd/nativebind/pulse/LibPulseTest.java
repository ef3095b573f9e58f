// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

/** The structures as this library has them, checked by what it makes of ours. */
class LibPulseTest {
    @ParameterizedTest
    @EnumSource(PcmFormat.class)
    void everyFormatIsCarriedByOneOfTheSameFrameSizeOrNotAtAll(PcmFormat format) {
        StreamLayout layout = StreamLayout.of(new PcmParams(format, 48_000, 2, 960));

        if (layout == null) {
            assertThat(StreamLayout.carrier(format)).isNull();
        } else {
            assertThat(LibPulse.pa_frame_size(layout.spec())).isEqualTo(layout.frameBytes());
        }
    }

    @Test
    void theChannelMapOfEveryCountIsValidForTheLibrary() {
        for (int channels = 1; channels <= LibPulse.PA_CHANNELS_MAX; channels++) {
            StreamLayout layout = StreamLayout.of(new PcmParams(PcmFormat.S16, 48_000, channels, 960));
            assertThat(layout).as("%d channels", channels).isNotNull();
            assertThat(LibPulse.pa_channel_map_valid(layout.map())).isNotZero();
        }
    }

    @Test
    void whatTheServerCannotHaveIsNotAskedFor() {
        assertThat(StreamLayout.of(new PcmParams(PcmFormat.S16, 48_000, 33, 960)))
                .isNull();
        assertThat(StreamLayout.of(new PcmParams(PcmFormat.S16, 10_000_000, 2, 960)))
                .isNull();
        assertThat(StreamLayout.of(new PcmParams(PcmFormat.DSD_U8, 48_000, 2, 960)))
                .isNull();
    }

    @Test
    void errorsAreSaidInWords() {
        assertThat(PulseLibrary.error(6)).isEqualTo("Connection refused");
    }
}
