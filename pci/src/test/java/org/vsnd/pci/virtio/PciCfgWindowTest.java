// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.spi.PciFunction;

/** PCI-48. */
class PciCfgWindowTest {
    private final TestDriver driver = new TestDriver(2);
    private final PciFunction function = driver.function;
    private final int capability = capability();

    private int capability() {
        int at = function.readConfig(0x34, 1);
        while (function.readConfig(at, 1) != 0x09 || function.readConfig(at + 3, 1) != 5) {
            at = function.readConfig(at + 1, 1);
        }
        return at;
    }

    private void aim(int bar, long offset, int length) {
        function.writeConfig(capability + 4, 1, bar);
        function.writeConfig(capability + 8, 4, (int) offset);
        function.writeConfig(capability + 12, 4, length);
    }

    private int read(int bar, long offset, int length) {
        aim(bar, offset, length);
        return function.readConfig(capability + 16, length);
    }

    private void write(int bar, long offset, int length, long value) {
        aim(bar, offset, length);
        function.writeConfig(capability + 16, length, (int) value);
    }

    @Test
    @Tag("PCI-48")
    void theWholeDeviceCanBeInitialisedAndDrivenThroughIt() {
        function.writeConfig(0x04, 2, 0x0006);
        for (int vector = 0; vector < 2; vector++) {
            write(1, 16L * vector, 4, 0xfee00000L);
            write(1, 16L * vector + 8, 4, 0x40 + vector);
            write(1, 16L * vector + 12, 4, 0);
        }
        function.writeConfig(TestDriver.MSIX_CONTROL, 2, 0x8000);
        write(4, CommonCfg.DEVICE_STATUS, 1, 0);
        write(4, CommonCfg.DEVICE_STATUS, 1, 3);
        write(4, CommonCfg.DEVICE_FEATURE_SELECT, 4, 1);
        assertThat(read(4, CommonCfg.DEVICE_FEATURE, 4)).isEqualTo(0x101);
        write(4, CommonCfg.DRIVER_FEATURE_SELECT, 4, 1);
        write(4, CommonCfg.DRIVER_FEATURE, 4, 1);
        write(4, CommonCfg.DEVICE_STATUS, 1, 0xb);
        assertThat(read(4, CommonCfg.DEVICE_STATUS, 1)).isEqualTo(0xb);
        int queues = read(4, CommonCfg.NUM_QUEUES, 2);
        for (int queue = 0; queue < queues; queue++) {
            write(4, CommonCfg.QUEUE_SELECT, 2, queue);
            write(4, CommonCfg.QUEUE_SIZE, 2, 64);
            write(4, CommonCfg.QUEUE_DESC, 4, TestDriver.desc(queue));
            write(4, CommonCfg.QUEUE_DRIVER, 4, TestDriver.avail(queue));
            write(4, CommonCfg.QUEUE_DEVICE, 4, TestDriver.used(queue));
            write(4, CommonCfg.QUEUE_MSIX_VECTOR, 2, 1);
            assertThat(read(4, CommonCfg.QUEUE_MSIX_VECTOR, 2)).isEqualTo(1);
            write(4, CommonCfg.QUEUE_ENABLE, 2, 1);
        }
        write(4, CommonCfg.CONFIG_MSIX_VECTOR, 2, 0);
        write(4, CommonCfg.DEVICE_STATUS, 1, 0xf);
        assertThat(driver.device.takeCalls()).containsExactly("reset", "driverOk");
        assertThat(read(4, 0x2004, 4)).as("device configuration").isEqualTo(0xa7a6a5a4);

        driver.offer(2);
        write(4, 0x3000 + 2 * 4, 2, 2);
        assertThat(driver.usedIdx(2)).isEqualTo(1);
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(1);
        driver.device.transport.configChanged();
        assertThat(read(4, 0x1000, 1)).as("ISR").isEqualTo(2);
        assertThat(read(4, 0x1000, 1)).as("ISR, read again").isZero();
    }

    @ParameterizedTest
    @Tag("PCI-48")
    @CsvSource({
        "4,0x2001,2",
        "4,0x2002,4", // misaligned
        "4,0x2000,0",
        "4,0x2000,3",
        "4,0x2000,8",
        "4,0x2000,-1", // no such length
        "4,0x4000,4",
        "4,0xfffffffc,4",
        "1,0x1000,1", // outside
        "0,0,4",
        "5,0x2000,4",
        "255,0x2000,4" // no such BAR
    })
    void aWindowOntoNothingReadsAsZeroAndIgnoresWrites(int bar, long offset, int length) {
        aim(bar, offset, length);
        function.writeConfig(capability + 16, 4, 0x5555);
        assertThat(function.readConfig(capability + 16, 4)).isZero();
        assertThat(driver.read(0x2000, 4)).isEqualTo(0xa3a2a1a0L);
    }

    @Test
    @Tag("PCI-48")
    void addressFieldsReadBack() {
        aim(4, 0x2004, 2);
        assertThat(function.readConfig(capability + 4, 4)).isEqualTo(4);
        assertThat(function.readConfig(capability + 8, 4)).isEqualTo(0x2004);
        assertThat(function.readConfig(capability + 12, 4)).isEqualTo(2);
    }

    @Test
    @Tag("PCI-48")
    void readingTheRestOfTheCapabilityHasNoSideEffect() {
        driver.enableBus().start(0);
        driver.device.transport.configChanged();
        aim(4, 0x1000, 1);
        for (int offset = 0; offset < 16; offset += 4) {
            function.readConfig(capability + offset, 4);
        }
        assertThat(driver.isr()).isEqualTo(2);
    }

    @Test
    @Tag("PCI-48")
    void aShortReadFillsTheFirstBytesOnly() {
        aim(4, 0x2000, 2);
        assertThat(function.readConfig(capability + 16, 4)).isEqualTo(0xa1a0);
        assertThat(function.readConfig(capability + 17, 1)).isEqualTo(0xa1);
    }
}
