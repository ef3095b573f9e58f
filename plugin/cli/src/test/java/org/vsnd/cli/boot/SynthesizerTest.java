// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class SynthesizerTest {
    private static final long MELODY_CRC = 1_424_785_141L;

    @Test
    void melodyLastsSixSecondsAndIsTheSameEverywhere() {
        PcmClip melody = Synthesizer.melody();
        CRC32 crc = new CRC32();
        crc.update(melody.bytes());

        assertThat(melody.frames()).isEqualTo(64 * 4_500);
        assertThat(crc.getValue()).isEqualTo(MELODY_CRC);
    }

    @Test
    void noMomentOfTheSweepComesTwice() {
        PcmClip sweep = Synthesizer.sweep(4);
        byte[] part = new byte[1_000 * PcmClip.FRAME_BYTES];
        for (int frame : new int[] {1, 48_000, 100_001, 190_000}) {
            System.arraycopy(sweep.bytes(), frame * PcmClip.FRAME_BYTES, part, 0, part.length);
            assertThat(sweep.find(new PcmClip(part))).isEqualTo(frame);
        }
    }
}
