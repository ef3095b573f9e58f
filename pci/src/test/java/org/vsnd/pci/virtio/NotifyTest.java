// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "strict={0}")
@ValueSource(booleans = {true, false})
class NotifyTest {
    private static final int NOTIFY = 0x3000;

    private final TestDriver driver;

    NotifyTest(boolean strict) {
        driver = TestDriver.of(strict, 2).enableBus().enableMsix();
    }

    @Test
    @Tag("PCI-02")
    void beforeDriverOkNothingIsConsumed() {
        driver.status(0xb);
        driver.setUpQueue(1);
        driver.offer(1);
        driver.kick(1);
        assertThat(driver.device.takeCalls()).isEmpty();
        assertThat(driver.usedIdx(1)).isZero();
        assertThat(driver.host.accesses).isZero();
        driver.status(0xf);
        assertThat(driver.device.takeCalls()).containsExactly("driverOk");
        assertThat(driver.usedIdx(1)).isEqualTo(1);
    }

    @Test
    @Tag("PCI-02")
    void driverOkIsPassedOnOnce() {
        driver.start(0);
        driver.status(0xf);
        driver.status(0x8f);
        assertThat(driver.device.takeCalls()).containsExactly("reset", "driverOk");
    }

    @ParameterizedTest
    @Tag("PCI-42")
    @ValueSource(ints = {1, 2, 4, 8})
    void anyAccessSizeNotifies(int size) {
        driver.start(0);
        driver.device.takeCalls();
        driver.write(NOTIFY + 12, size, 3);
        assertThat(driver.device.takeCalls()).containsExactly("notified 3");
    }

    @Test
    @Tag("PCI-42")
    void theValueNamesTheQueueWhateverTheAddress() {
        driver.start(0);
        driver.device.takeCalls();
        driver.write(NOTIFY, 4, 0xdead_0002L);
        driver.write(NOTIFY + 0xffe, 2, 0xffffffff_ffff0001L);
        driver.write(NOTIFY, 1, 0x0200);
        assertThat(driver.device.takeCalls()).containsExactly("notified 2", "notified 1", "notified 0");
    }

    @Test
    void theAddressNamesTheQueueOfADriverThatAlwaysWritesZero() {
        driver.start(0);
        driver.device.takeCalls();
        driver.write(NOTIFY + 8, 2, 0);
        driver.write(NOTIFY + 0xffe, 2, 0);
        assertThat(driver.device.takeCalls()).containsExactly("notified 2");
    }

    @ParameterizedTest
    @Tag("PCI-42")
    @ValueSource(ints = {4, 9, 0xffff})
    void unknownQueueIsIgnored(int queue) {
        driver.start(0);
        driver.device.takeCalls();
        driver.write(NOTIFY, 2, queue);
        assertThat(driver.device.takeCalls()).isEmpty();
    }

    @Test
    @Tag("PCI-42")
    @Tag("VQ-11")
    void spuriousNotificationIsHarmless() {
        driver.start(0);
        driver.kick(2);
        driver.kick(2);
        assertThat(driver.usedIdx(2)).isZero();
        assertThat(driver.status()).isEqualTo(0xf);
    }

    @Test
    void readsGiveZeroAndDoNotNotify() {
        driver.start(0);
        driver.device.takeCalls();
        assertThat(driver.read(NOTIFY, 4)).isZero();
        assertThat(driver.device.takeCalls()).isEmpty();
    }
}
