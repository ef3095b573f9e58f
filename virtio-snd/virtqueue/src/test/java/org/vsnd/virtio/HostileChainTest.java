// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.virtio.RingDriver.DATA;
import static org.vsnd.virtio.RingDriver.INDIRECT;
import static org.vsnd.virtio.RingDriver.NEXT;
import static org.vsnd.virtio.RingDriver.WRITE;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.GuestMemoryException;

/** VQ-04: one test for each thing a driver must not do. */
@Tag("VQ-04")
class HostileChainTest {
    private static final int SIZE = 8;
    private static final long TABLE = DATA + 0x1000;

    private final RingDriver driver = RingDriver.withIndirect(SIZE);

    @Test
    void nextOutOfRangeIsRefused() {
        driver.descriptor(0, DATA, 16, NEXT, SIZE);
        assertRefused(driver, 0, "next");
    }

    @Test
    void nextOutOfRangeInAnIndirectTableIsRefused() {
        driver.descriptor(0, TABLE, 32, INDIRECT, 0);
        driver.entry(TABLE, 0, DATA, 16, NEXT, 2);
        assertRefused(driver, 0, "next");
    }

    @Test
    void loopIsRefused() {
        driver.descriptor(0, DATA, 16, NEXT, 1);
        driver.descriptor(1, DATA, 16, NEXT, 0);
        assertRefused(driver, 0, "loop");
    }

    @Test
    void loopOfOneEmptyDescriptorIsRefused() {
        driver.descriptor(5, DATA, 0, NEXT, 5);
        assertRefused(driver, 5, "loop");
    }

    @Test
    void loopInAnIndirectTableIsRefused() {
        driver.descriptor(0, TABLE, 48, INDIRECT, 0);
        driver.entry(TABLE, 0, DATA, 16, NEXT, 1);
        driver.entry(TABLE, 1, DATA, 16, NEXT, 2);
        driver.entry(TABLE, 2, DATA, 16, NEXT, 1);
        assertRefused(driver, 0, "loop");
    }

    @Test
    void chainOfEveryDescriptorIsNoLoop() throws VirtqueueException, GuestMemoryException {
        for (int i = 0; i < SIZE; i++) {
            driver.descriptor(i, DATA, 16, i < SIZE - 1 ? NEXT : 0, i + 1);
        }
        driver.offer(0);

        assertThat(driver.queue.poll().readableBytes()).isEqualTo(16 * SIZE);
    }

    @Test
    void moreThanFourGibibytesAreRefused() {
        driver.descriptor(0, DATA, 0xffff_ffffL, NEXT, 1);
        driver.descriptor(1, DATA, 2, WRITE, 0);
        assertRefused(driver, 0, "2^32");
    }

    @Test
    void exactlyFourGibibytesAreAccepted() throws VirtqueueException, GuestMemoryException {
        driver.descriptor(0, DATA, 0xffff_ffffL, NEXT | WRITE, 1);
        driver.descriptor(1, DATA, 1, WRITE, 0);
        driver.offer(0);

        DescriptorChain chain = driver.queue.poll();
        assertThat(chain.writableBytes()).isEqualTo(1L << 32);
        driver.queue.complete(chain, 1L << 32);
        assertThat(driver.usedLen(0)).as("never an overestimate").isEqualTo(0xffff_ffff);
    }

    @Test
    void readableAfterWritableIsRefused() {
        driver.descriptor(0, DATA, 16, NEXT | WRITE, 1);
        driver.descriptor(1, DATA, 16, 0, 0);
        assertRefused(driver, 0, "readable");
    }

    @Test
    void readableAfterAnEmptyWritableIsRefused() {
        driver.descriptor(0, DATA, 0, NEXT | WRITE, 1);
        driver.descriptor(1, DATA, 16, 0, 0);
        assertRefused(driver, 0, "readable");
    }

    @Test
    void indirectWithNextIsRefused() {
        driver.descriptor(0, TABLE, 16, INDIRECT | NEXT, 1);
        assertRefused(driver, 0, "NEXT");
    }

    @Test
    void nestedIndirectIsRefused() {
        driver.descriptor(0, TABLE, 16, INDIRECT, 0);
        driver.entry(TABLE, 0, TABLE + 64, 16, INDIRECT, 0);
        assertRefused(driver, 0, "in an indirect table");
    }

    @Test
    void indirectThatWasNotNegotiatedIsRefused() {
        RingDriver plain = RingDriver.plain(SIZE);
        plain.descriptor(0, TABLE, 16, INDIRECT, 0);
        assertRefused(plain, 0, "not negotiated");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 15, 17, 0xffff_ffffL})
    void indirectTableOfOddLengthIsRefused(long length) {
        driver.descriptor(0, TABLE, length, INDIRECT, 0);
        assertRefused(driver, 0, "multiple of 16");
    }

    @Test
    void enormousIndirectTableIsRefused() {
        driver.descriptor(0, TABLE, 0xffff_fff0L, INDIRECT, 0);
        assertRefused(driver, 0, "too many");
    }

    @Test
    void indirectTableThatWrapsAroundIsRefused() {
        driver.descriptor(0, -16, 32, INDIRECT, 0);
        assertRefused(driver, 0, "wraps");
    }

    @Test
    void availableEntryOutOfRangeIsRefused() {
        assertRefused(driver, SIZE, "out of range");
    }

    @Test
    void availableIndexTooFarAheadIsRefused() {
        driver.setAvailIdx(SIZE + 1);
        assertThatThrownBy(driver.queue::poll)
                .isInstanceOf(VirtqueueException.class)
                .hasMessageContaining("avail.idx");
    }

    @Test
    void availableIndexThatMovesBackIsRefused() throws VirtqueueException, GuestMemoryException {
        driver.run(3);
        driver.setAvailIdx(2);
        assertThatThrownBy(driver.queue::poll).isInstanceOf(VirtqueueException.class);
    }

    @Test
    void bufferThatWrapsAroundIsRefused() {
        driver.descriptor(0, -8, 9, 0, 0);
        assertRefused(driver, 0, "wraps");
    }

    @Test
    void bufferThatEndsWithTheAddressSpaceIsNoFaultUntilItIsUsed() throws VirtqueueException, GuestMemoryException {
        driver.descriptor(0, -8, 8, 0, 0);
        driver.offer(0);

        assertThat(driver.queue.poll().readableBytes()).isEqualTo(8);
    }

    @Test
    void headThatTheDeviceStillHasIsRefused() throws VirtqueueException, GuestMemoryException {
        driver.descriptor(1, DATA, 16, 0, 0);
        driver.offer(1);
        assertThat(driver.queue.poll()).isNotNull();

        assertRefused(driver, 1, "offered again");
    }

    private static void assertRefused(RingDriver driver, int head, String why) {
        driver.offer(head);
        int usedIdx = driver.usedIdx();
        assertThatThrownBy(driver.queue::poll)
                .isInstanceOf(VirtqueueException.class)
                .hasMessageContaining("queue 3")
                .hasMessageContaining(why);
        assertThat(driver.usedIdx()).isEqualTo(usedIdx);
        assertThat(driver.interrupts).isZero();
    }
}
