// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.Bar;

class ConfigSpaceTest {
    private final ConfigSpace config = new ConfigSpace(0x1af4, 0x1059, new PciIdentity(0x040100, 0x1af4, 0x1100, 1));

    @Test
    @Tag("PCI-20")
    void headerNamesTheFunction() {
        assertThat(config.read(0x00, 4)).isEqualTo(0x10591af4);
        assertThat(config.read(0x08, 4)).isEqualTo(0x04010001);
        assertThat(config.read(0x2c, 4)).isEqualTo(0x11001af4);
        assertThat(config.read(0x0e, 1)).as("header type").isZero();
        assertThat(config.read(0x3d, 1)).as("interrupt pin").isEqualTo(1);
        assertThat(config.read(0x06, 2)).as("status").isEqualTo(0x0010);
    }

    @Test
    void readsAndWritesAtAnyAlignment() {
        config.declare(new Bar(0, 16, false, false));
        config.write(0x11, 2, 0xbbaa);
        assertThat(config.read(0x10, 4)).isEqualTo(0x00bbaa00);
        assertThat(config.read(0x12, 1)).isEqualTo(0xbb);
        assertThat(config.read(0x0f, 4)).isEqualTo(0xbbaa0000);
    }

    @Test
    void readOnlyBitsIgnoreWrites() {
        for (int offset = 0; offset < 0x10; offset += 4) {
            config.write(offset, 4, -1);
        }
        assertThat(config.read(0x00, 4)).isEqualTo(0x10591af4);
        assertThat(config.read(0x04, 4)).isEqualTo(0x00100407);
        assertThat(config.read(0x08, 4)).isEqualTo(0x04010001);
        assertThat(config.read(0x0c, 4)).isEqualTo(0xff);
    }

    @Test
    void allOnesShowTheSizeOfA32BitBar() {
        config.declare(new Bar(1, 0x1000, false, false));
        config.write(0x14, 4, -1);
        assertThat(config.read(0x14, 4)).isEqualTo(0xfffff000);
        assertThat(config.read(0x18, 4)).as("no BAR").isZero();
    }

    @Test
    void allOnesShowTheSizeOfA64BitBar() {
        config.declare(new Bar(4, 0x4000, true, true));
        config.write(0x20, 4, -1);
        config.write(0x24, 4, -1);
        assertThat(config.read(0x20, 4)).isEqualTo(0xffffc00c);
        assertThat(config.read(0x24, 4)).isEqualTo(-1);
    }

    @Test
    void aBarOf8GibHasNoAddressBitsInItsLowHalf() {
        config.declare(new Bar(2, 1L << 33, true, false));
        config.write(0x18, 4, -1);
        config.write(0x1c, 4, -1);
        assertThat(config.read(0x18, 4)).isEqualTo(0x4);
        assertThat(config.read(0x1c, 4)).isEqualTo(0xfffffffe);
    }

    @Test
    void expansionRomIsNeverThere() {
        config.write(0x30, 4, 0xfffffffe);
        assertThat(config.read(0x30, 4)).isZero();
    }

    @Test
    void capabilitiesFormAChainThatEnds() {
        int first = config.add(new Capability(0x09, 7));
        int second = config.add(new Capability(0x11, 12));
        assertThat(first).isEqualTo(0x40);
        assertThat(second).isEqualTo(0x48);
        assertThat(config.read(0x34, 1)).isEqualTo(first);
        assertThat(config.read(first, 2)).isEqualTo(second << 8 | 0x09);
        assertThat(config.read(second, 2)).isEqualTo(0x11);
    }

    @Test
    void theListHasRoomForSoMuchOnly() {
        config.add(new Capability(0x09, 0xc0));
        assertThatThrownBy(() -> config.add(new Capability(0x09, 4))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCapabilityDoesNotSetItsOwnHeader() {
        assertThatThrownBy(() -> new Capability(0x09, 8).field(1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Capability(0x09, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bytesOutsideReadAsZeroAndIgnoreWrites() {
        config.write(4094, 4, -1);
        config.write(Integer.MAX_VALUE, 4, -1);
        config.write(-2, 4, -1);
        assertThat(config.read(4094, 4)).isZero();
        assertThat(config.read(Integer.MAX_VALUE, 4)).isZero();
        assertThat(config.read(-2, 4))
                .as("two bytes outside, two of the vendor ID")
                .isEqualTo(0x1af40000);
    }

    @Test
    void resetRestoresWhatWasBuilt() {
        config.declare(new Bar(1, 0x1000, false, false));
        config.write(0x04, 2, 0x0407);
        config.write(0x14, 4, 0xfebf0000);
        config.write(0x3c, 1, 11);
        config.reset();
        assertThat(config.read(0x04, 2)).isZero();
        assertThat(config.read(0x14, 4)).isZero();
        assertThat(config.read(0x3c, 2)).isEqualTo(0x0100);
    }

    @Test
    void identityOutOfRangeIsOurFault() {
        assertThatThrownBy(() -> new PciIdentity(0x1000000, 0, 0, 0)).hasMessageContaining("class code");
        assertThatThrownBy(() -> new PciIdentity(0, 0, 0, 256)).hasMessageContaining("revision");
    }
}
