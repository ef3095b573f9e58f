// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

class PausedRingTest {
    private static final int SIZE = 32;
    private static final Section RETURNS = new Section("RETS", "returns");

    private final RingDriver driver = RingDriver.withEventIdx(SIZE);
    private final QueueRegisters registers = driver.registers;
    private final Virtqueue queue = driver.queue;

    PausedRingTest() {
        for (int head = 0; head < SIZE; head++) {
            driver.descriptor(head, RingDriver.DATA + 16L * head, 16, RingDriver.WRITE, 0);
        }
    }

    private void offer(int... heads) {
        for (int head : heads) {
            driver.offer(head);
        }
    }

    private DescriptorChain take() throws VirtqueueException, GuestMemoryException {
        return queue.poll();
    }

    @Test
    void nothingIsTakenOrGivenBackUntilItProceeds() throws Exception {
        offer(4, 5, 6);
        DescriptorChain first = take();
        DescriptorChain second = take();
        registers.pause();

        assertThat(registers.paused()).isTrue();
        assertThat(take()).isNull();
        assertThat(queue.offered()).isZero();
        assertThat(queue.driverReacted()).isTrue();
        queue.announce(first);
        queue.completeAnnounced(first, 3);
        queue.complete(second, 5);
        assertThat(driver.usedIdx()).isZero();
        assertThat(driver.interrupts).isZero();
        assertThat(registers.heldHeads()).containsExactly(4, 5);
        registers.proceed();

        assertThat(registers.paused()).isFalse();
        assertThat(driver.usedIdx()).isEqualTo(2);
        assertThat(driver.usedId(0)).isEqualTo(4);
        assertThat(driver.usedLen(0)).isEqualTo(3);
        assertThat(driver.usedId(1)).isEqualTo(5);
        assertThat(driver.usedLen(1)).isEqualTo(5);
        assertThat(driver.interrupts).isZero();
        assertThat(take().head()).isEqualTo(6);
    }

    @Test
    void aResetForgetsWhatWasGivenBack() throws Exception {
        offer(1);
        DescriptorChain chain = take();
        registers.pause();
        queue.complete(chain, 0);
        registers.reset();

        assertThat(registers.paused()).isFalse();
        registers.proceed();
        assertThat(driver.usedIdx()).isZero();
        registers.pause();
        assertThat(registers.paused()).isFalse();
    }

    @Test
    void itGoesOnFromTheUsedIndexOrWithWhatARecordSays() throws Exception {
        offer(7, 3, 9);
        queue.complete(take(), 0);
        take();
        take();
        registers.pause();

        assertThat(registers.goesOn(1, new int[0])).isTrue();
        assertThat(registers.goesOn(2, new int[] {3})).isTrue();
        assertThat(registers.goesOn(3, new int[] {3, 9})).isTrue();
        assertThat(registers.goesOn(3, new int[0])).isTrue();
        assertThat(registers.goesOn(0, new int[0])).isFalse();
        assertThat(registers.goesOn(2, new int[0])).isFalse();
        assertThat(registers.goesOn(2, new int[] {9})).isFalse();
        assertThat(registers.goesOn(3, new int[] {9, 3})).isFalse();
        assertThat(registers.goesOn(4, new int[] {3, 9})).isFalse();
        assertThat(registers.goesOn(4, new int[] {3, 9, 7})).isFalse();
        driver.setAvailIdx(2); // the driver has begun anew in the same memory
        assertThat(registers.goesOn(3, new int[] {3, 9})).isFalse();
        driver.setAvailIdx(1 + SIZE + 1);
        assertThat(registers.goesOn(3, new int[] {3, 9})).isFalse();
    }

    @Test
    void itDoesNotGoOnWithOtherChains() throws Exception {
        offer(7, 3);
        take();
        take();
        registers.pause();
        driver.memory.put16(RingDriver.AVAIL + 4 + 2, 4);
        assertThat(registers.goesOn(0, new int[0])).isFalse();
        driver.memory.put16(RingDriver.AVAIL + 4 + 2, 3);

        driver.descriptor(3, RingDriver.DATA + 48, 17, RingDriver.WRITE, 0);
        assertThat(registers.goesOn(0, new int[0])).isFalse();
        driver.descriptor(3, RingDriver.DATA + 49, 16, RingDriver.WRITE, 0);
        assertThat(registers.goesOn(0, new int[0])).isFalse();
        driver.descriptor(3, RingDriver.DATA + 48, 16, 0, 0);
        assertThat(registers.goesOn(0, new int[0])).isFalse();
        driver.descriptor(3, RingDriver.DATA + 48, 16, RingDriver.NEXT | RingDriver.WRITE, 3);
        assertThat(registers.goesOn(0, new int[0])).isFalse();
        driver.descriptor(3, RingDriver.DATA + 48, 16, RingDriver.WRITE, 0);
        assertThat(registers.goesOn(0, new int[0])).isTrue();
    }

    @Test
    void longChainsAreComparedToTheirEnds() throws Exception {
        for (int i = 0; i < 20; i++) {
            driver.descriptor(i, RingDriver.DATA + 16L * i, 8, i < 19 ? RingDriver.NEXT : 0, i + 1);
        }
        offer(0);
        take();
        registers.pause();

        assertThat(registers.goesOn(0, new int[0])).isTrue();
        driver.descriptor(19, RingDriver.DATA, 8, 0, 0);
        assertThat(registers.goesOn(0, new int[0])).isFalse();
    }

    @Test
    void whatWasGivenBackIsSavedAndRestored() throws Exception {
        offer(1, 2);
        take();
        DescriptorChain done = take();
        registers.pause();
        queue.complete(done, 7);
        byte[] saved = save(1);
        registers.reset();
        load(saved);
        registers.proceed();

        assertThat(driver.usedIdx()).isEqualTo(1);
        assertThat(driver.usedId(0)).isEqualTo(2);
        assertThat(driver.usedLen(0)).isEqualTo(7);
        assertThat(registers.heldHeads()).containsExactly(1);
    }

    @Test
    void aForgedReturnIsRefused() throws Exception {
        offer(1);
        DescriptorChain done = take();
        registers.pause();
        queue.complete(done, 7);

        assertThatThrownBy(() -> load(save(2))).isInstanceOf(SnapshotException.class);
    }

    /** Another device has the other chains. */
    private byte[] save(int copiesOfReturns) {
        SnapshotWriter out = new SnapshotWriter(0);
        registers.save(out);
        out.section(RETURNS);
        for (int i = 0; i < copiesOfReturns; i++) {
            registers.saveReturns(out);
        }
        return out.finish();
    }

    private void load(byte[] saved) throws SnapshotException {
        SnapshotReader in = new SnapshotReader(saved, 0);
        RestoredChains chains = new RestoredChains();
        Runnable restored = registers.load(in, RingDriver.INDIRECT_FEATURES, chains);
        in.section(RETURNS);
        Runnable returned = registers.loadReturns(in, chains);
        if (chains.allClaimed()) {
            registers.loadReturns(in, chains);
        }
        restored.run();
        registers.pause();
        returned.run();
    }

    @Test
    void aLifeWithChainsToTakeAgainCannotBeSaved() throws Exception {
        offer(1, 2);
        take();
        registers.reset();
        registers.setSize(SIZE);
        registers.setDescAddress(RingDriver.DESC);
        registers.setAvailAddress(RingDriver.AVAIL);
        registers.setUsedAddress(RingDriver.USED);
        registers.resume(1, new int[] {1});

        assertThat(registers.savable()).isFalse();
        take();
        assertThat(registers.savable()).isTrue();
    }
}
