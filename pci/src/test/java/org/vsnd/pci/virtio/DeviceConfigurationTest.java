// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DeviceConfigurationTest {
    private static final int DEVICE = 0x2000;

    private final TestDriver driver = new TestDriver(2).enableBus().enableMsix();

    private long generation() {
        return driver.read(CommonCfg.CONFIG_GENERATION, 1);
    }

    @Test
    @Tag("PCI-10")
    @Tag("PCI-45")
    void everyByteCanBeReadBeforeNegotiation() {
        assertThat(driver.read(DEVICE, 4)).isEqualTo(0xa3a2a1a0L);
        assertThat(driver.read(DEVICE, 8)).isEqualTo(0xa7a6a5a4a3a2a1a0L);
        assertThat(driver.read(DEVICE + 15, 1)).isEqualTo(0xaf);
    }

    @Test
    @Tag("PCI-24")
    void whatLiesBehindReadsAsZero() {
        assertThat(driver.read(DEVICE + 14, 8)).isEqualTo(0xafaeL);
        assertThat(driver.read(DEVICE + 16, 4)).isZero();
        assertThat(driver.read(DEVICE + 0xfff, 8)).isZero();
    }

    @Test
    void itIsReadOnly() {
        driver.write(DEVICE, 8, 0);
        assertThat(driver.read(DEVICE, 1)).isEqualTo(0xa0);
    }

    @Test
    @Tag("PCI-30")
    void generationStaysWhileNothingChanges() {
        long before = generation();
        driver.read(DEVICE, 4);
        assertThat(generation()).isEqualTo(before);
    }

    @Test
    @Tag("PCI-30")
    void generationDiffersAfterAChangeBetweenTwoReads() {
        long before = generation();
        driver.read(DEVICE, 4);
        driver.device.transport.configChanged();
        driver.read(DEVICE + 4, 4);
        assertThat(generation()).isNotEqualTo(before);
    }

    @Test
    @Tag("PCI-30")
    void generationDiffersAlsoAfter256Changes() {
        long before = generation();
        for (int i = 0; i < 256; i++) {
            driver.device.transport.configChanged();
        }
        assertThat(generation()).isNotEqualTo(before);
    }

    @Test
    @Tag("PCI-30")
    void generationWrapsAround() {
        for (int i = 1; i <= 257; i++) {
            driver.device.transport.configChanged();
            assertThat(generation()).isEqualTo(i & 0xff);
        }
    }

    @Test
    void generationSurvivesReset() {
        driver.device.transport.configChanged();
        long before = generation();
        driver.status(0);
        assertThat(generation()).isEqualTo(before);
    }

    @Test
    @Tag("PCI-44")
    void changeIsAnnouncedOnceTheDriverIsThere() {
        driver.device.transport.configChanged();
        assertThat(driver.isr()).isZero();
        driver.start(0);
        driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, 1);
        driver.device.transport.configChanged();
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(1);
        assertThat(driver.isr()).as("also with MSI-X").isEqualTo(2);
    }
}
