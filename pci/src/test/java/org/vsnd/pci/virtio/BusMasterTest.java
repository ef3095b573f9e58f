// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.DescriptorChain;

/** PCI-57: no DMA and no message while Command bit 2 is 0. */
@ParameterizedClass(name = "strict={0}")
@ValueSource(booleans = {true, false})
class BusMasterTest {
    private final TestDriver driver;

    BusMasterTest(boolean strict) {
        driver = TestDriver.of(strict, 2);
    }

    private void busMaster(boolean on) {
        driver.function.writeConfig(0x04, 2, on ? 0x0006 : 0x0002);
    }

    @Test
    @Tag("PCI-57")
    void driverOkWaitsForBusMastering() {
        driver.start(0);
        driver.offer(2);
        driver.kick(2);
        assertThat(driver.status()).isEqualTo(0xf);
        assertThat(driver.device.takeCalls()).containsExactly("reset");
        assertThat(driver.host.accesses).isZero();
        busMaster(true);
        assertThat(driver.device.takeCalls()).containsExactly("driverOk");
        assertThat(driver.usedIdx(2)).isEqualTo(1);
    }

    @Test
    @Tag("PCI-57")
    void notificationsWhileOffAreMadeUpFor() {
        busMaster(true);
        driver.start(0);
        busMaster(false);
        driver.device.takeCalls();
        long before = driver.host.accesses;
        driver.offer(1);
        driver.kick(1);
        assertThat(driver.device.takeCalls()).isEmpty();
        assertThat(driver.host.accesses).isEqualTo(before);
        busMaster(true);
        assertThat(driver.device.takeCalls()).containsExactly("notified 0", "notified 1", "notified 2", "notified 3");
        assertThat(driver.usedIdx(1)).isEqualTo(1);
        assertThat(driver.status()).as("an idle gap does no harm").isEqualTo(0xf);
    }

    @Test
    @Tag("PCI-57")
    void sameValueAgainChangesNothing() {
        busMaster(true);
        driver.start(0);
        driver.device.takeCalls();
        busMaster(true);
        assertThat(driver.device.takeCalls()).isEmpty();
    }

    @Test
    @Tag("PCI-57")
    void aDeviceCaughtInATransferFindsMemoryRefused() {
        busMaster(true);
        driver.device.holding = true;
        driver.start(0);
        driver.offer(2);
        driver.kick(2);
        DescriptorChain chain = driver.device.held.get(0);
        busMaster(false);
        assertThatThrownBy(() -> driver.device.transport.queue(2).complete(chain, 0))
                .isInstanceOf(GuestMemoryException.class);
        assertThat(driver.usedIdx(2)).isZero();
    }

    @Test
    @Tag("PCI-57")
    @Tag("PCI-04")
    void aConfigurationMessageWaitsForBusMastering() {
        busMaster(true);
        driver.enableMsix().start(0);
        driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, 0);
        busMaster(false);
        driver.device.transport.needsReset("caught in a transfer");
        assertThat(driver.host.interrupts.messages).isEmpty();
        assertThat(driver.status()).isEqualTo(0x4f);
        busMaster(true);
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(0);
    }

    @Test // INTx is no bus access
    @Tag("PCI-57")
    void intxWorksWithoutBusMastering() {
        busMaster(true);
        driver.start(0);
        busMaster(false);
        driver.device.transport.configChanged();
        assertThat(driver.host.interrupts.intx).isTrue();
    }

    @Test
    @Tag("PCI-57")
    void everyAccessorIsRefusedWhileOff() {
        GatedMemory memory = new GatedMemory(driver.host);
        ByteBuffer buffer = ByteBuffer.allocate(4);
        assertThatThrownBy(() -> memory.read(0, buffer)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.write(0, buffer)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.loadAcquire16(0)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.storeRelease16(0, (short) 1)).isInstanceOf(GuestMemoryException.class);
        assertThat(driver.host.accesses).isZero();
        assertThat(buffer.position()).isZero();
    }
}
