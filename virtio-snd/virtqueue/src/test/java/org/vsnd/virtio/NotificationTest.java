// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.virtio.RingDriver.AVAIL;
import static org.vsnd.virtio.RingDriver.DATA;
import static org.vsnd.virtio.RingDriver.USED;
import static org.vsnd.virtio.RingDriver.WRITE;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.GuestMemoryException;

/** Who is told when: VQ-07, VQ-08, VQ-10, VQ-11. */
class NotificationTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Tag("VQ-07")
    void everyUsedBufferInterruptsWithoutEventIdx(int availFlags) throws VirtqueueException, GuestMemoryException {
        RingDriver driver = RingDriver.plain(4);
        driver.memory.put16(AVAIL, availFlags);
        driver.setUsedEvent(12345); // means nothing
        driver.run(10);

        assertThat(driver.interrupts).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Tag("VQ-08")
    void availFlagsMeanNothingWithEventIdx(int availFlags) throws VirtqueueException, GuestMemoryException {
        RingDriver driver = RingDriver.withEventIdx(4);
        driver.memory.put16(AVAIL, availFlags);
        driver.setUsedEvent(6);
        driver.run(6);
        assertThat(driver.interrupts).isZero();
        driver.run(1);
        assertThat(driver.interrupts).isEqualTo(1);
        driver.run(50);
        assertThat(driver.interrupts).isEqualTo(1);
    }

    @Test
    @Tag("VQ-08")
    void oneInterruptPerBatchOfThreeAcrossTheWrap() throws VirtqueueException, GuestMemoryException {
        RingDriver driver = RingDriver.withEventIdx(4);
        for (int done = 0; done < 2 * 65536 + 9; done += 3) {
            driver.setUsedEvent(done + 2);
            int before = driver.interrupts;
            driver.run(2);
            if (driver.interrupts != before) {
                throw new AssertionError("early at " + done);
            }
            driver.run(1);
            if (driver.interrupts != before + 1) {
                throw new AssertionError("lost at " + done);
            }
        }
    }

    @Test
    void driverThatHasNotMovedUsedEventSinceItsInterruptHasNotReacted()
            throws VirtqueueException, GuestMemoryException {
        RingDriver driver = RingDriver.withEventIdx(4);
        assertThat(driver.queue.driverReacted()).as("nothing to react to").isTrue();
        driver.setUsedEvent(1);
        driver.run(1);
        assertThat(driver.queue.driverReacted()).as("no interrupt yet").isTrue();
        driver.run(2);
        assertThat(driver.queue.driverReacted()).isFalse();
        driver.setUsedEvent(3);
        assertThat(driver.queue.driverReacted()).isTrue();
    }

    @Test
    void nobodyKnowsWhetherADriverReactsWithoutEventIdx() throws VirtqueueException, GuestMemoryException {
        RingDriver driver = RingDriver.plain(4);
        driver.run(3);
        assertThat(driver.queue.driverReacted()).isTrue();
    }

    private static boolean passes(SplitRing ring, int event, int newIdx, int oldIdx) {
        ring.usedPlace = newIdx;
        return ring.fulfils(event, oldIdx);
    }

    @Test
    @Tag("VQ-08")
    void needEventAgreesWithCountingForEveryBatch() {
        FlatMemory memory = new FlatMemory(16);
        SplitRing ring = new SplitRing(0, memory, new Chains(0, 4, 4, memory));
        ring.begin(4);
        for (int old : new int[] {0, 1, 100, 32767, 65533, 65534, 65535}) {
            for (int batch = 0; batch <= 4; batch++) {
                for (int event = 0; event < 65536; event++) {
                    boolean passed = false;
                    for (int i = 0; i < batch; i++) {
                        passed |= ((old + i) & 0xffff) == event;
                    }
                    if (passes(ring, event, (old + batch) & 0xffff, old) != passed) {
                        throw new AssertionError("event " + event + " old " + old + " batch " + batch);
                    }
                }
            }
        }
    }

    @Test
    @Tag("VQ-10")
    void emptyQueueAsksForTheNextChain() throws VirtqueueException, GuestMemoryException {
        RingDriver driver = RingDriver.withEventIdx(4);
        driver.run(3);
        assertThat(driver.availEvent()).as("only an empty queue asks").isZero();
        assertThat(driver.queue.poll()).isNull();

        assertThat(driver.availEvent()).isEqualTo(3);
    }

    @Test
    @Tag("VQ-10")
    void chainOfferedWhileTheDeviceAsksIsNotLost() throws VirtqueueException, GuestMemoryException {
        class Racing extends FlatMemory {
            RingDriver driver;

            Racing() {
                super(0x40000);
            }

            @Override
            public void storeRelease16(long address, short value) throws GuestMemoryException {
                if (driver != null && address == USED + 4 + 8L * driver.size) {
                    driver.offer(0);
                }
                super.storeRelease16(address, value);
            }
        }
        Racing memory = new Racing();
        RingDriver driver = new RingDriver(memory, 4, VIRTIO_F_EVENT_IDX);
        driver.descriptor(0, DATA, 16, WRITE, 0);
        memory.driver = driver;

        assertThat(driver.queue.poll()).isNotNull();
    }

    @Test
    @Tag("VQ-11")
    void spuriousNotificationsDoNothing() throws VirtqueueException, GuestMemoryException {
        RingDriver driver = RingDriver.plain(4);
        for (int i = 0; i < 10; i++) {
            assertThat(driver.queue.poll()).isNull();
        }
        assertThat(driver.interrupts).isZero();
        assertThat(driver.usedIdx()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, VIRTIO_F_EVENT_IDX})
    @Tag("VQ-10")
    void usedFlagsAreClearedAtFirstUse(long features) throws VirtqueueException, GuestMemoryException {
        RingDriver driver = new RingDriver(new FlatMemory(0x40000), 4, features);
        driver.memory.put16(USED, 0xffff);
        assertThat(driver.queue.poll()).isNull();

        assertThat(driver.memory.get16(USED)).isZero();
    }
}
