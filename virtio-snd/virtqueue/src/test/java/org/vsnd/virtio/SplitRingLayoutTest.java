// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** VQ-01, VQ-14: the structures' offsets, against the numbers of section 2.7. */
@Tag("VQ-01")
@Tag("VQ-14")
class SplitRingLayoutTest {
    @Test
    void descriptorIsSixteenBytes() {
        assertThat(new int[] {
                    VirtqDesc.ADDR, VirtqDesc.LEN, VirtqDesc.FLAGS, VirtqDesc.NEXT, VirtqDesc.LENGTH, VirtqDesc.ALIGN
                })
                .containsExactly(0, 8, 12, 14, 16, 16);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 256, 32768})
    void ringsFollowTheSpecsFormulae(int n) {
        assertThat(VirtqAvail.length(n)).isEqualTo(6 + 2 * n);
        assertThat(VirtqAvail.usedEvent(n)).isEqualTo(4 + 2 * n);
        assertThat(VirtqUsed.length(n)).isEqualTo(6 + 8 * n);
        assertThat(VirtqUsed.availEvent(n)).isEqualTo(4 + 8 * n);
        assertThat(VirtqUsed.ring(n - 1)).isEqualTo(4 + 8 * (n - 1));
        assertThat(VirtqAvail.ring(n - 1)).isEqualTo(4 + 2 * (n - 1));
    }
}
