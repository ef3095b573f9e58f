// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Accesses and interrupts allocate nothing once warmed up. */
class AllocationTest {
    private static final int ROUNDS = 5_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long sum;

    private void everyKindOfAccess(TestDriver driver, int round) {
        driver.offer(2);
        driver.kick(2);
        driver.select(round & 7);
        sum += driver.read(CommonCfg.DEVICE_STATUS, 8) + driver.read(CommonCfg.QUEUE_DESC, 8);
        sum += driver.read(0x2000, 8) + driver.isr();
        sum += driver.function.readBar(1, 0x800, 8) + driver.function.readBar(1, 16, 4);
        driver.function.writeBar(1, 12, 4, round & 1);
        driver.function.writeConfig(0x04, 2, 0x0006 | (round & 1) << 10);
        sum += driver.function.readConfig(0x04, 4);
        driver.device.transport.configChanged();
        sum += driver.function.readConfig(0xcc + 16, 4); // the PCI_CFG window, aimed at the device configuration
    }

    private long bytesPerRound(TestDriver driver) {
        for (int i = 0; i < ROUNDS; i++) {
            everyKindOfAccess(driver, i);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            everyKindOfAccess(driver, i);
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
    }

    private static TestDriver quiet(TestDriver driver) {
        driver.device.recording = false;
        driver.host.interrupts.recording = false;
        driver.function.writeConfig(0xcc + 4, 1, 4);
        driver.function.writeConfig(0xcc + 8, 4, 0x2000);
        driver.function.writeConfig(0xcc + 12, 4, 4);
        return driver;
    }

    @Test
    void withMsixNothingIsAllocated() {
        TestDriver driver = quiet(new TestDriver(2).enableBus().enableMsix().start(0));
        driver.select(2);
        driver.write(CommonCfg.QUEUE_MSIX_VECTOR, 2, 1);
        driver.write(CommonCfg.CONFIG_MSIX_VECTOR, 2, 0);
        assertThat(bytesPerRound(driver)).isZero();
        assertThat(driver.host.interrupts.sent).isGreaterThan(2 * ROUNDS);
        assertThat(sum).isNotZero();
    }

    @Test
    void withIntxNothingIsAllocated() {
        TestDriver driver = quiet(new TestDriver(2).enableBus().start(0));
        assertThat(bytesPerRound(driver)).isZero();
        assertThat(driver.host.interrupts.intxChanges).isGreaterThan(ROUNDS);
    }
}
