// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.vsnd.spi.GuestMemoryException;

class ResumedRingTest {
    private static final int SIZE = 8;

    private final RingDriver driver = RingDriver.plain(SIZE);
    private final QueueRegisters registers = driver.registers;

    ResumedRingTest() {
        for (int head = 0; head < SIZE; head++) {
            driver.descriptor(head, RingDriver.DATA, 16, 0, 0);
        }
    }

    private DescriptorChain take() throws VirtqueueException, GuestMemoryException {
        return driver.queue.poll();
    }

    /** Ends the life and begins another one. */
    private void resume(int availIdx, int... held) throws VirtqueueException, GuestMemoryException {
        registers.reset();
        registers.setSize(SIZE);
        registers.setDescAddress(RingDriver.DESC);
        registers.setAvailAddress(RingDriver.AVAIL);
        registers.setUsedAddress(RingDriver.USED);
        registers.resume(availIdx, held);
    }

    @Test
    void whatIsHeldIsInOrderWhileChainsAreGivenBackInOrder() throws Exception {
        for (int head = 0; head < 4; head++) {
            driver.offer(head);
        }
        DescriptorChain first = take();
        take();
        take();
        driver.queue.complete(first, 0);

        assertThat(registers.heldHeads()).containsExactly(1, 2);
        assertThat(registers.heldInOrder()).isTrue();
        assertThat(registers.usedIdx()).isEqualTo(1);
        assertThat(registers.availIdx()).isEqualTo(3);
        resume(1);
        assertThat(take().head()).isEqualTo(1);
        assertThat(take().head()).isEqualTo(2);
        assertThat(take().head()).isEqualTo(3);
        assertThat(take()).isNull();
    }

    @Test
    void whatIsHeldOutOfOrderIsTakenBeforeTheRest() throws Exception {
        for (int head = 0; head < 4; head++) {
            driver.offer(head);
        }
        take();
        DescriptorChain second = take();
        take();
        driver.queue.complete(second, 0);

        assertThat(registers.heldHeads()).containsExactly(0, 2);
        assertThat(registers.heldInOrder()).isFalse();
        resume(3, 0, 2);
        assertThat(registers.heldHeads()).containsExactly(0, 2);
        assertThat(take().head()).isZero();
        assertThat(registers.heldHeads()).containsExactly(0, 2);
        assertThat(take().head()).isEqualTo(2);
        assertThat(take().head()).isEqualTo(3);
    }

    @Test
    void chainsAreHeldInTheOrderOfTaking() throws Exception {
        driver.offer(5);
        driver.offer(2);
        driver.offer(7);
        take();
        take();
        take();

        assertThat(registers.heldHeads()).containsExactly(5, 2, 7);
    }

    @Test
    void resumingAnEnabledQueueDoesNothing() throws Exception {
        driver.offer(1);
        registers.resume(5, new int[] {3});

        assertThat(take().head()).isEqualTo(1);
    }

    @Test
    void aHeadMustBePossible() {
        assertThatThrownBy(() -> resume(2, 8)).isInstanceOf(VirtqueueException.class);
        assertThatThrownBy(() -> resume(2, 3, 3)).isInstanceOf(VirtqueueException.class);
        assertThat(registers.enabled()).isFalse();
    }

    @Test
    void theUsedRingMustBeInMemory() {
        registers.reset();
        registers.setSize(SIZE);
        registers.setDescAddress(RingDriver.DESC);
        registers.setAvailAddress(RingDriver.AVAIL);
        registers.setUsedAddress(1L << 40);

        assertThatThrownBy(() -> registers.resume(0, new int[0])).isInstanceOf(GuestMemoryException.class);
        assertThat(registers.enabled()).isFalse();
    }

    @Test
    void fewerChainsThanTheRingHasAreNotInOrder() throws Exception {
        resume(4);

        assertThat(registers.heldInOrder()).isFalse();
    }
}
