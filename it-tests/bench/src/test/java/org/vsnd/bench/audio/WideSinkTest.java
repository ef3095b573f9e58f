// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WideSinkTest {
    @Test
    void upperHalvesOfTheFirstTwoChannelsAreTheStereo() {
        byte[] read = new byte[2 * 32 + 5]; // and a piece of a frame
        read[2] = 1;
        read[3] = 2;
        read[6] = 3;
        read[7] = 4;
        read[8] = 9; // other channels
        read[32] = 9; // lower half
        read[34] = 5;

        assertThat(WideSink.stereo(read)).containsExactly(1, 2, 3, 4, 5, 0, 0, 0);
    }
}
