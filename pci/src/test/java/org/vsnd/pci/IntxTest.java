// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class IntxTest {
    private final RecordingInterrupts interrupts = new RecordingInterrupts(0, false);
    private final ConfigSpace config = new ConfigSpace(1, 2, new PciIdentity(0, 0, 0, 0));
    private final Intx intx = new Intx(interrupts, config);

    @Test
    @Tag("PCI-44")
    void lineAndStatusBitFollowTheCause() {
        intx.setCause(true);
        assertThat(interrupts.intx).isTrue();
        assertThat(config.read(ConfigSpace.STATUS, 2)).isEqualTo(0x18);
        intx.setCause(false);
        assertThat(interrupts.intx).isFalse();
        assertThat(config.read(ConfigSpace.STATUS, 2)).isEqualTo(0x10);
    }

    @Test
    @Tag("PCI-44")
    void disabledLineIsDownButTheStatusBitShowsTheCause() {
        intx.setDisabled(true);
        intx.setCause(true);
        assertThat(interrupts.intx).isFalse();
        assertThat(config.read(ConfigSpace.STATUS, 2)).isEqualTo(0x18);
        intx.setDisabled(false);
        assertThat(interrupts.intx).isTrue();
    }

    @Test
    void msixTakesTheLineDown() {
        intx.setCause(true);
        intx.setMsixEnabled(true);
        assertThat(interrupts.intx).isFalse();
        assertThat(config.read(ConfigSpace.STATUS, 2)).isEqualTo(0x10);
    }

    @Test
    void hostHearsOfChangesOnly() {
        intx.setCause(true);
        intx.setCause(true);
        intx.setCause(false);
        intx.setCause(false);
        assertThat(interrupts.intxChanges).isEqualTo(2);
    }
}
