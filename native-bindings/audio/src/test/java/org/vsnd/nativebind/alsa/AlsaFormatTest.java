// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.PcmFormat;

class AlsaFormatTest {
    @ParameterizedTest
    @EnumSource
    void numberIsTheOneAlsaGivesToTheName(PcmFormat format) {
        String name = format.name();
        int packed = name.endsWith("_3") ? LibAsound.snd_pcm_format_value(Alsa.string(name + "LE")) : -1;
        int little = LibAsound.snd_pcm_format_value(Alsa.string(name + "_LE"));
        int plain = LibAsound.snd_pcm_format_value(Alsa.string(name));

        int known = packed >= 0 ? packed : little >= 0 ? little : plain;
        assertThat(known).isNotNegative();
        assertThat(AlsaFormat.of(format)).isEqualTo(known);
    }
}
