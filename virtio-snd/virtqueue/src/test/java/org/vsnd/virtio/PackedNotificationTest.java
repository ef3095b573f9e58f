// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.GuestMemoryException;

/** Event suppression structures of both sides, VQ-27. */
@Tag("VQ-27")
class PackedNotificationTest {
    private static final int ENABLE = 0;
    private static final int DISABLE = 1;
    private static final int DESC = 2;
    private static final int RESERVED = 3;

    private static int interruptsOf(PackedRingDriver driver, int buffers)
            throws VirtqueueException, GuestMemoryException {
        int before = driver.interrupts;
        driver.run(buffers);
        return driver.interrupts - before;
    }

    @Test
    void flagsSayWhetherTheDriverIsInterrupted() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(4);
        driver.wish(ENABLE, 0, false);
        assertThat(interruptsOf(driver, 5)).isEqualTo(5);
        driver.wish(DISABLE, 0, false);
        assertThat(interruptsOf(driver, 5)).isZero();
        driver.wish(DESC, 0, false);
        assertThat(interruptsOf(driver, 5)).as("not negotiated").isEqualTo(5);
        driver.wish(RESERVED, 0, false);
        assertThat(interruptsOf(driver, 5)).isEqualTo(5);
    }

    @Test
    void interruptComesOncePerRoundForOneDescriptor() throws Exception {
        PackedRingDriver driver = PackedRingDriver.withEventIdx(5);
        driver.wish(DESC, 3, true);
        assertThat(interruptsOf(driver, 3)).isZero();
        assertThat(interruptsOf(driver, 1)).isEqualTo(1);
        assertThat(interruptsOf(driver, 9))
                .as("to the same place of the next first round")
                .isZero();
        assertThat(interruptsOf(driver, 1)).isEqualTo(1);
        driver.wish(DESC, 1, false);
        assertThat(interruptsOf(driver, 2)).isZero();
        assertThat(interruptsOf(driver, 1)).isEqualTo(1);
        driver.wish(DISABLE, 1, false);
        assertThat(interruptsOf(driver, 20)).isZero();
        driver.wish(ENABLE, 1, false);
        assertThat(interruptsOf(driver, 20)).isEqualTo(20);
    }

    @Test
    void listPassesEveryDescriptorItHas() throws Exception {
        PackedRingDriver driver = PackedRingDriver.withEventIdx(8);
        driver.wish(DESC, 2, true); // in the middle of the list
        driver.queue.complete(driver.take(0, 4), 0);
        assertThat(driver.interrupts).isEqualTo(1);
        driver.wish(DESC, 0, false); // beyond the end of the ring
        driver.queue.complete(driver.take(0, 3), 0);
        assertThat(driver.interrupts).isEqualTo(1);
        driver.queue.complete(driver.take(0, 3), 0);
        assertThat(driver.interrupts).isEqualTo(2);
    }

    @Test
    void placeThatThereIsNotIsTakenForTheWishToBeTold() throws Exception {
        PackedRingDriver driver = PackedRingDriver.withEventIdx(4);
        driver.wish(DESC, 4, true);
        assertThat(interruptsOf(driver, 3)).isEqualTo(3);
    }

    @Test
    void deviceAsksForTheNextDescriptorWhenThereIsNone() throws Exception {
        PackedRingDriver driver = PackedRingDriver.withEventIdx(3);
        assertThat(driver.queue.poll()).isNull();
        assertThat(driver.deviceFlags()).isEqualTo((short) DESC);
        assertThat(driver.deviceWish()).isEqualTo(1 << 15);
        driver.run(2);
        assertThat(driver.queue.poll()).isNull();
        assertThat(driver.deviceWish()).isEqualTo(2 | 1 << 15);
        driver.run(2);
        assertThat(driver.queue.poll()).isNull();
        assertThat(driver.deviceWish()).isEqualTo(1);
    }

    @Test
    void withoutEventIdxTheDeviceWantsEveryNotification() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(3);
        driver.memory.put32(PackedRingDriver.DEVICE, 0x0001_0000);
        assertThat(driver.queue.poll()).isNull();
        assertThat(driver.deviceFlags()).isEqualTo((short) ENABLE);
    }

    @Test
    void driverReactsWhenItWishesSomethingElse() throws Exception {
        PackedRingDriver driver = PackedRingDriver.withEventIdx(4);
        driver.wish(DESC, 0, true);
        driver.run(1);
        assertThat(driver.queue.wantedInterrupts()).isEqualTo(1);
        assertThat(driver.queue.driverReacted()).isFalse();
        driver.wish(DISABLE, 0, true);
        assertThat(driver.queue.driverReacted()).isTrue();
        driver.wish(ENABLE, 0, true);
        driver.run(1);
        assertThat(driver.queue.wantedInterrupts()).as("it has named no event").isEqualTo(1);
        assertThat(driver.queue.driverReacted()).isTrue();
    }
}
