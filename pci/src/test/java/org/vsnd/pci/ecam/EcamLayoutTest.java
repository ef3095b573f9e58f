// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcamLayoutTest {
    private static final long MIB = 1 << 20;

    @Test
    void windowsAreWhereTheyWerePut() {
        EcamLayout layout = new EcamLayout(3 * MIB, 4 * MIB, MIB, 1L << 32, 2 * MIB);
        assertThat(layout.isEcam(3 * MIB)).isTrue();
        assertThat(layout.isEcam(4 * MIB - 1)).isTrue();
        assertThat(layout.isEcam(3 * MIB - 1)).isFalse();
        assertThat(layout.isEcam(4 * MIB)).isFalse();
        assertThat(layout.isWindow(4 * MIB)).isTrue();
        assertThat(layout.isWindow(5 * MIB - 1)).isTrue();
        assertThat(layout.isWindow(5 * MIB)).isFalse();
        assertThat(layout.isWindow(1L << 32)).isTrue();
        assertThat(layout.isWindow((1L << 32) + 2 * MIB - 1)).isTrue();
        assertThat(layout.isWindow((1L << 32) + 2 * MIB)).isFalse();
        assertThat(layout.isWindow(-1)).isFalse();
        assertThat(layout.isWindow(0)).isFalse();
    }

    @Test
    void oneWindowIsEnough() {
        assertThat(new EcamLayout(0, 4 * MIB, MIB).isWindow(4 * MIB)).isTrue();
        assertThat(new EcamLayout(0, 0, 0, 1L << 32, MIB).isWindow(0)).isFalse();
        assertThat(new EcamLayout(0xfff0_0000L, 0xffe0_0000L, MIB).isEcam(0xffff_ffffL))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "0x80000, 0x40000000, 0x1000, 0, 0, begin at a multiple of 1 MiB",
        "-0x100000, 0x40000000, 0x1000, 0, 0, begin at a multiple of 1 MiB",
        "0, 0x40000000, 0, 0, 0, give at least one",
        "0, 0x40000800, 0x1000, 0, 0, whole pages",
        "0, 0x40000000, 0x1001, 0, 0, whole pages",
        "0, 0xff000000, 0x1001000, 0, 0, make it the high one",
        "0, 0, 0, 0xfffff000, 0x2000, begin at 4 GiB or above",
        "0, 0, 0, 0x7ffffffffffff000, 0x1000, beyond what can be addressed",
        "0, 0, 0, 0x100000000, -0x1000, beyond what can be addressed",
        "0, -0x1000, 0x1000, 0, 0, beyond what can be addressed",
        "0x100000, 0x1ff000, 0x1000, 0, 0, overlaps the ECAM window",
        "0x100000, 0xff000, 0x2000, 0, 0, overlaps the ECAM window",
        "0x100000, 0, 0x80000000, 0, 0, overlaps the ECAM window",
        "0x100000000, 0, 0, 0x100000000, 0x1000, overlaps the ECAM window"
    })
    void aWrongLayoutIsRefusedWithASentence(
            String ecam, String window, String bytes, String highWindow, String highBytes, String sentence) {
        assertThatThrownBy(() -> new EcamLayout(
                        Long.decode(ecam),
                        Long.decode(window),
                        Long.decode(bytes),
                        Long.decode(highWindow),
                        Long.decode(highBytes)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }
}
