// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.virtio.PackedRingDriver.AVAIL;
import static org.vsnd.virtio.PackedRingDriver.DATA;
import static org.vsnd.virtio.PackedRingDriver.INDIRECT;
import static org.vsnd.virtio.PackedRingDriver.NEXT;
import static org.vsnd.virtio.PackedRingDriver.RING;
import static org.vsnd.virtio.PackedRingDriver.USED;
import static org.vsnd.virtio.PackedRingDriver.WRITE;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.GuestMemoryException;

/** VQ-04 for packed rings: one test for each thing a driver must not do. */
@Tag("VQ-04")
class HostilePackedRingTest {
    private static final int SIZE = 5;
    private static final long TABLE = DATA + 0x1000;

    private final PackedRingDriver driver = PackedRingDriver.withIndirect(SIZE);

    private void assertRefused(PackedRingDriver refused, String why) {
        assertThatThrownBy(refused.queue::poll)
                .isInstanceOf(VirtqueueException.class)
                .hasMessageContaining("queue 3")
                .hasMessageContaining(why);
        assertThat(refused.interrupts).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {SIZE, SIZE + 1, 0x7fff, 0xffff})
    void bufferIdOutOfRangeIsRefused(int id) {
        driver.descriptor(DATA, 16, id, 0);
        assertRefused(driver, "out of range");
    }

    @Test
    void idThatTheDeviceHasIsRefused() throws Exception {
        driver.take(2, 1);
        driver.offer(2, 1);
        assertRefused(driver, "offered again");
    }

    @Test
    @Tag("VQ-24")
    void listLongerThanTheRingIsRefused() {
        for (int i = 0; i < SIZE; i++) {
            driver.descriptor(DATA, 16, 0, NEXT);
        }
        assertRefused(driver, "more descriptors than the driver has");
    }

    @Test
    @Tag("VQ-24")
    void listOfEveryDescriptorIsTaken() throws Exception {
        driver.take(0, 1);
        driver.queue.complete(driver.take(1, 3), 0);
        assertThat(driver.take(2, SIZE - 1).writableBytes()).isEqualTo(16 * (SIZE - 1));
    }

    @Test
    void descriptorsThatTheDeviceHoldsCannotBeInAnotherList() throws Exception {
        driver.take(0, 3);
        driver.descriptor(DATA, 16, 1, NEXT);
        driver.descriptor(DATA, 16, 1, NEXT);
        driver.descriptor(DATA, 16, 1, 0);
        assertRefused(driver, "more descriptors than the driver has");
    }

    @Test
    void descriptorsOfAWholeRingThatTheDeviceHoldsAreRefused() throws Exception {
        for (int id = 0; id < SIZE; id++) {
            driver.take(id, 1);
        }
        driver.descriptor(DATA, 16, 0, 0);
        assertRefused(driver, "more descriptors than the driver has");
        assertThat(driver.queue.offered()).isZero();
    }

    @Test
    void readableAfterWritableIsRefused() {
        driver.descriptor(DATA, 16, 0, NEXT | WRITE);
        driver.descriptor(DATA, 16, 0, 0);
        assertRefused(driver, "readable");
    }

    @Test
    @Tag("VQ-26")
    void tableInAListIsRefused() {
        driver.descriptor(DATA, 16, 0, NEXT);
        driver.descriptor(TABLE, 16, 0, INDIRECT);
        assertRefused(driver, "in a list");
    }

    @Test
    @Tag("VQ-26")
    void tableThatGoesOnIsRefused() {
        driver.descriptor(TABLE, 16, 0, INDIRECT | NEXT);
        assertRefused(driver, "in a list");
    }

    @Test
    void tableThatIsNotNegotiatedIsRefused() {
        PackedRingDriver plain = PackedRingDriver.plain(SIZE);
        plain.descriptor(TABLE, 16, 0, INDIRECT);
        assertRefused(plain, "not negotiated");
    }

    @ParameterizedTest
    @CsvSource({"0, multiple of 16", "8, multiple of 16", "17, multiple of 16", "32784, too many"})
    void tableOfSuchALengthIsRefused(long length, String why) {
        driver.descriptor(TABLE, length, 0, INDIRECT);
        assertRefused(driver, why);
    }

    @Test
    void bufferThatWrapsIsRefused() {
        driver.descriptor(-8, 16, 0, 0);
        assertRefused(driver, "wraps");
    }

    @Test
    void bufferOfMoreThan4GibIsRefused() {
        driver.descriptor(DATA, 0xffff_ffffL, 0, NEXT);
        driver.descriptor(DATA, 2, 0, 0);
        assertRefused(driver, "2^32");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, USED, AVAIL | USED, NEXT, USED | WRITE})
    @Tag("VQ-23")
    void descriptorThatIsNotAvailableIsLeftAlone(int flags) throws Exception {
        driver.entry(RING, 0, DATA, 16, 0, flags);
        assertThat(driver.queue.poll()).isNull();
        driver.run(SIZE); // the other round
        driver.entry(RING, 0, DATA, 16, 0, flags ^ (AVAIL | USED));
        assertThat(driver.queue.poll()).isNull();
    }

    @Test
    void randomRingsEndInAFaultOrNothing() throws GuestMemoryException {
        SplittableRandom random = new SplittableRandom(18);
        int taken = 0;
        int faults = 0;
        for (int round = 0; round < 3000; round++) {
            PackedRingDriver wild = new PackedRingDriver(1 + random.nextInt(8), 1L << 28 | 1L << 29);
            for (int step = 0; step < 12; step++) {
                int flags = random.nextInt(8) | (random.nextBoolean() ? AVAIL : USED);
                wild.entry(RING, random.nextInt(wild.size), DATA, 16L * random.nextInt(3), random.nextInt(9), flags);
                try {
                    DescriptorChain chain = wild.queue.poll();
                    if (chain != null) {
                        taken++;
                        wild.queue.complete(chain, 0);
                    }
                } catch (VirtqueueException e) {
                    faults++;
                    wild.registers.reset();
                    wild.enable();
                }
            }
        }
        assertThat(taken).isGreaterThan(1000);
        assertThat(faults).isGreaterThan(1000);
    }
}
