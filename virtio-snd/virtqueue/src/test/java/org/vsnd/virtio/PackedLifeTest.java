// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.GuestMemoryException;

/** Packed queues whose lives begin and end anywhere. */
class PackedLifeTest {
    private static final int SIZE = 8;
    private static final int BEGIN = 1 << 15;

    private final PackedRingDriver driver = PackedRingDriver.withEventIdx(SIZE);
    private final PackedLife life = driver.registers.packed();
    private final List<String> told = new ArrayList<>();

    private final ListTracker tracker = new ListTracker() {
        @Override
        public void descriptor(int place, long address, int length, int id, int flags) {
            told.add(place + ":" + length);
        }

        @Override
        public void taken(int id) {
            told.add("taken " + id);
        }

        @Override
        public void givesBack(int id, int used) {
            told.add("back " + id + " " + Integer.toHexString(used));
        }

        @Override
        public void gaveBack(int id) {
            told.add("done " + id);
        }
    };

    /** A list of so many writable buffers, as the driver writes it in the round whose wrap counter is 1. */
    private static byte[] list(int id, int descriptors) {
        ByteBuffer list = ByteBuffer.allocate(16 * descriptors).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < descriptors; i++) {
            int flags =
                    PackedRingDriver.WRITE | (i < descriptors - 1 ? PackedRingDriver.NEXT : 0) | PackedRingDriver.AVAIL;
            list.putLong(PackedRingDriver.DATA + 64L * id + 16L * i).putInt(16);
            list.putShort((short) id).putShort((short) flags);
        }
        return list.array();
    }

    private void resume(int avail, int used, byte[]... held) throws VirtqueueException {
        driver.registers.reset();
        driver.registers.setSize(SIZE);
        driver.registers.setDescAddress(PackedRingDriver.RING);
        driver.registers.setAvailAddress(PackedRingDriver.DRIVER);
        driver.registers.setUsedAddress(PackedRingDriver.DEVICE);
        life.resume(avail, used, List.of(held));
    }

    @Test
    void placesAreCountedAround() {
        assertThat(PackedLife.after(BEGIN | 6, 3, SIZE)).isEqualTo(1);
        assertThat(PackedLife.after(6, 3, SIZE)).isEqualTo(BEGIN | 1);
        assertThat(PackedLife.ahead(1, BEGIN | 6, SIZE)).isEqualTo(3);
        assertThat(PackedLife.ahead(BEGIN | 6, 1, SIZE)).isEqualTo(13);
        assertThat(PackedLife.isPlace(BEGIN | 7, SIZE)).isTrue();
        assertThat(PackedLife.isPlace(8, SIZE)).isFalse();
        assertThat(PackedLife.isPlace(-1, SIZE)).isFalse();
        assertThat(PackedLife.isPlace(0x1_0000, SIZE)).isFalse();
    }

    @Test
    void aTrackerIsToldOfEachStep() throws Exception {
        life.track(tracker);
        DescriptorChain chain = driver.take(3, 2);
        driver.queue.complete(chain, 0);

        assertThat(told).containsExactly("0:16", "1:16", "taken 3", "back 3 8002", "done 3");
    }

    @Test
    void whatIsHeldInOrderIsTakenAgainFromTheRing() throws Exception {
        DescriptorChain first = driver.take(1, 2);
        driver.take(2, 3);
        driver.take(3, 1);
        driver.queue.complete(first, 0);

        assertThat(life.usedPlace()).isEqualTo(BEGIN | 2);
        assertThat(life.availPlace()).isEqualTo(BEGIN | 6);
        assertThat(life.heldInOrder()).isTrue();
        life.track(tracker);
        life.tellHeld();
        assertThat(told).containsExactly("0:16", "1:16", "2:16", "taken 2", "0:16", "taken 3");
        resume(BEGIN | 2, BEGIN | 2);
        assertThat(driver.queue.poll().head()).isEqualTo(2);
        assertThat(driver.queue.poll().head()).isEqualTo(3);
        assertThat(driver.queue.poll()).isNull();
    }

    @Test
    void whatIsNotInTheRingAnyMoreIsTakenAgainFromItsList() throws Exception {
        driver.take(1, 2);
        DescriptorChain second = driver.take(2, 1);
        driver.take(3, 2);
        driver.queue.complete(second, 0);
        assertThat(life.heldInOrder()).isFalse();
        driver.offer(4, 1);
        resume(BEGIN | 5, BEGIN | 1, list(1, 2), list(3, 2));

        assertThat(driver.registers.savable()).isFalse();
        DescriptorChain first = driver.queue.poll();
        assertThat(first.head()).isEqualTo(1);
        assertThat(first.writableBytes()).isEqualTo(32);
        assertThat(driver.queue.poll().head()).isEqualTo(3);
        assertThat(driver.registers.savable()).isTrue();
        assertThat(driver.queue.poll().head()).isEqualTo(4);
        driver.queue.complete(first, 0);
        assertThat(driver.id(1)).isEqualTo(1);
        assertThat(life.usedPlace()).isEqualTo(BEGIN | 3);
    }

    @Test
    void aPausedQueueGoesOnWithItsListsOnly() throws Exception {
        driver.take(1, 2);
        DescriptorChain second = driver.take(2, 1);
        driver.take(3, 2);
        driver.registers.pause();
        assertThat(life.goesOn(BEGIN, BEGIN, List.of())).isTrue();
        assertThat(life.goesOn(BEGIN | 1, BEGIN | 1, List.of())).isFalse();
        driver.registers.proceed();
        driver.queue.complete(second, 0);
        driver.registers.pause();

        int avail = BEGIN | 5;
        int used = BEGIN | 1;
        assertThat(life.goesOn(avail, used, List.of(list(1, 2), list(3, 2)))).isTrue();
        assertThat(life.goesOn(avail, used, List.of(list(3, 2), list(1, 2)))).isFalse();
        assertThat(life.goesOn(avail, used, List.of(list(1, 2)))).isFalse();
        assertThat(life.goesOn(avail, used, List.of(list(1, 2), list(3, 1)))).isFalse();
        assertThat(life.goesOn(avail, used, List.of())).isFalse();
        assertThat(life.goesOn(used, used, List.of())).isFalse();
        byte[] endless = list(3, 2);
        endless[16 + 14] |= PackedRingDriver.NEXT;
        assertThat(life.goesOn(avail, used, List.of(list(1, 2), endless))).isFalse();
    }

    @Test
    void aListThatIsDifferentInTheRingIsNotInOrder() throws Exception {
        driver.take(1, 2);
        assertThat(life.heldInOrder()).isTrue();
        driver.memory.put32(PackedRingDriver.RING + 16 + 8, 17);
        assertThat(life.heldInOrder()).isFalse();
        driver.memory.put16(PackedRingDriver.RING + 14, PackedRingDriver.AVAIL | PackedRingDriver.INDIRECT);
        assertThat(life.heldInOrder()).isFalse();
    }

    @Test
    void aRingHasListsAsTheyWereWritten() throws GuestMemoryException {
        driver.offer(1, 2);
        driver.offer(2, 1);
        assertThat(life.has(BEGIN, List.of(list(1, 2), list(2, 1)))).isTrue();
        assertThat(life.has(BEGIN | 2, List.of(list(2, 1)))).isTrue();
        assertThat(life.has(BEGIN, List.of(list(1, 2), list(3, 1)))).isFalse();
        assertThat(life.has(BEGIN | 7, List.of(list(1, 2)))).isFalse();
    }

    @Test
    void onlyListsThatAreHeldAreTold() throws Exception {
        driver.take(1, 2);
        life.track(tracker);
        driver.memory.put16(PackedRingDriver.RING + 16 + 12, 0xffff);
        assertThatThrownBy(life::tellHeld).as("another buffer ID").isInstanceOf(VirtqueueException.class);
        driver.memory.put16(PackedRingDriver.RING + 16 + 12, 1);
        driver.memory.put16(PackedRingDriver.RING + 14, PackedRingDriver.AVAIL);
        assertThatThrownBy(life::tellHeld).as("a shorter list").isInstanceOf(VirtqueueException.class);
        driver.memory.put16(PackedRingDriver.RING + 14, PackedRingDriver.AVAIL | PackedRingDriver.NEXT);
        driver.memory.put16(PackedRingDriver.RING + 16 + 14, PackedRingDriver.AVAIL | PackedRingDriver.NEXT);
        assertThatThrownBy(life::tellHeld).as("a longer list").isInstanceOf(VirtqueueException.class);
        assertThat(told).doesNotContain("2:16").noneMatch(line -> line.startsWith("taken"));
    }

    @Test
    void aListMustEndWhereItEnds() throws Exception {
        byte[] early = list(1, 2);
        early[14] &= ~PackedRingDriver.NEXT;
        resume(BEGIN | 2, BEGIN, early);
        assertThatThrownBy(driver.queue::poll).isInstanceOf(VirtqueueException.class);
        resume(BEGIN | 3, BEGIN, list(9, 1));
        assertThatThrownBy(driver.queue::poll).as("a buffer ID that cannot be").isInstanceOf(VirtqueueException.class);
    }

    @Test
    void aPlaceMustBePossible() throws Exception {
        for (int[] places : new int[][] {{BEGIN | 8, BEGIN}, {BEGIN, BEGIN | 8}, {BEGIN, BEGIN | 1}, {1, BEGIN}}) {
            assertThatThrownBy(() -> resume(places[0], places[1])).isInstanceOf(VirtqueueException.class);
        }
        assertThatThrownBy(() -> resume(BEGIN | 1, BEGIN, list(1, 2))).isInstanceOf(VirtqueueException.class);
        assertThat(driver.registers.enabled()).isFalse();
        resume(0, BEGIN);
        life.resume(9, 9, List.of()); // it is enabled
        assertThat(life.availPlace()).isZero();
    }

    @Test
    void aRingShowsWhetherItWasUsedAndWhatIsAvailable() throws VirtqueueException, GuestMemoryException {
        assertThat(life.showsUse()).isFalse();
        driver.offer(1, 1);
        assertThat(life.showsUse()).isFalse();
        assertThat(life.isAvailable(BEGIN)).isTrue();
        assertThat(life.isAvailable(0)).isFalse();
        assertThat(life.isAvailable(BEGIN | 1)).isFalse();
        driver.queue.complete(driver.queue.poll(), 0);
        assertThat(life.showsUse()).isTrue();
        assertThat(life.isAvailable(BEGIN)).isFalse();
    }
}
