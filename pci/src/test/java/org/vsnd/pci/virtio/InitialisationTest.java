package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InitialisationTest {
    private final TestDriver driver = new TestDriver(2).enableBus().enableMsix();

    @Test
    void aStartedDeviceServesItsQueuesAndInterrupts() {
        driver.start(TestDriver.VERSION_1);
        driver.select(2);
        driver.write(CommonCfg.QUEUE_MSIX_VECTOR, 2, 1);
        driver.offer(2);
        driver.kick(2);
        assertThat(driver.device.takeCalls()).containsExactly("reset", "driverOk", "notified 2");
        assertThat(driver.usedIdx(2)).isEqualTo(1);
        assertThat(driver.host.interrupts.takeVectors()).containsExactly(1);
    }
}
