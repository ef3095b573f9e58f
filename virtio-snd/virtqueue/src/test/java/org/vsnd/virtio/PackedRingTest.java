// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.virtio.PackedRingDriver.AVAIL;
import static org.vsnd.virtio.PackedRingDriver.DATA;
import static org.vsnd.virtio.PackedRingDriver.DEVICE;
import static org.vsnd.virtio.PackedRingDriver.DRIVER;
import static org.vsnd.virtio.PackedRingDriver.INDIRECT;
import static org.vsnd.virtio.PackedRingDriver.NEXT;
import static org.vsnd.virtio.PackedRingDriver.RING;
import static org.vsnd.virtio.PackedRingDriver.USED;
import static org.vsnd.virtio.PackedRingDriver.WRITE;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.FlatMemory.Access;

class PackedRingTest {
    private static final long TABLE = DATA + 0x10000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64})
    @Tag("VQ-20")
    @Tag("VQ-21")
    @Tag("VQ-25")
    void buffersGoRoundARingOfAnySize(int size) throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(size);
        for (int i = 0; i < 5 * size; i++) {
            int slot = driver.next;
            boolean wrap = driver.wrap;
            int id = i * 3 % size;
            DescriptorChain chain = driver.take(id, 1);
            assertThat(chain.head()).isEqualTo(id);
            assertThat(driver.queue.poll()).isNull();
            driver.queue.complete(chain, i % 2 == 0 ? 0 : 5);
            assertThat(driver.flags(slot)).isEqualTo((wrap ? AVAIL | USED : 0) | (i % 2 == 0 ? 0 : WRITE));
            assertThat(driver.id(slot)).isEqualTo(id);
            assertThat(driver.length(slot)).isEqualTo(i % 2 * 5);
            assertThat(driver.interrupts).isEqualTo(i + 1);
        }
    }

    @Test
    @Tag("VQ-24")
    void listsRunAcrossTheEndOfTheRing() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(5);
        int place = 0;
        for (int i = 0; i < 20; i++) {
            driver.memory.put32(DATA, i);
            driver.descriptor(DATA, 4, 1234, NEXT); // only the last one's id counts
            driver.descriptor(DATA + 8, 0, 99, NEXT);
            driver.descriptor(DATA + 16, 4, i % 5, WRITE);
            DescriptorChain chain = driver.queue.poll();
            assertThat(chain.head()).isEqualTo(i % 5);
            ByteBuffer word = ByteBuffer.allocate(4);
            chain.read(0, word);
            chain.write(0, word.flip());
            driver.queue.complete(chain, 4);
            assertThat(driver.memory.get32(DATA + 16)).isEqualTo(i);
            assertThat(driver.flags(place % 5)).isEqualTo((place / 5 % 2 == 0 ? AVAIL | USED : 0) | WRITE);
            assertThat(driver.id(place % 5)).isEqualTo(i % 5);
            place += 3;
        }
    }

    @Test
    @Tag("VQ-22")
    void usedDescriptorsComeInTheOrderOfCompletion() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(8);
        DescriptorChain first = driver.take(4, 2);
        DescriptorChain second = driver.take(1, 3);
        driver.queue.complete(second, 9);
        driver.queue.complete(first, 0);

        assertThat(driver.id(0)).isEqualTo(1);
        assertThat(driver.length(0)).isEqualTo(9);
        assertThat(driver.flags(0)).isEqualTo(AVAIL | USED | WRITE);
        assertThat(driver.id(3)).isEqualTo(4); // after the three of the list
        assertThat(driver.flags(3)).isEqualTo(AVAIL | USED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 17, 300, 2048})
    @Tag("VQ-26")
    void tableIsReadInOrderAndOnlyWriteCounts(int entries) throws Exception {
        PackedRingDriver driver = PackedRingDriver.withIndirect(4);
        for (int i = 0; i < entries; i++) {
            int junk = NEXT | INDIRECT | AVAIL | USED;
            driver.entry(TABLE, i, DATA + 16L * i, 8, 0xffff - i, junk | (i > entries / 2 ? WRITE : 0));
        }
        driver.descriptor(TABLE, 16L * entries, 3, INDIRECT | WRITE);

        DescriptorChain chain = driver.queue.poll();
        assertThat(chain.head()).isEqualTo(3);
        assertThat(chain.readableBytes()).isEqualTo(8L * (entries / 2 + 1));
        assertThat(chain.totalBytes()).isEqualTo(8L * entries);
        driver.queue.complete(chain, 0);
        assertThat(driver.flags(0)).isEqualTo(AVAIL | USED);
        assertThat(driver.take(2, 1))
                .as("the table takes one descriptor of the ring")
                .isNotNull();
    }

    @Test
    @Tag("VQ-23")
    void onlyUsedDescriptorsAndTheDeviceAreaAreWritten() throws Exception {
        PackedRingDriver driver = new PackedRingDriver(4, RingDriver.INDIRECT_FEATURES | 1L << 29);
        driver.memory.noting = true;
        for (int i = 0; i < 50; i++) {
            driver.entry(TABLE, 0, DATA, 8, 0, 0);
            driver.entry(TABLE, 1, DATA + 0x100, 8, 0, WRITE);
            driver.descriptor(TABLE, 32, 1, INDIRECT);
            DescriptorChain chain = driver.queue.poll();
            chain.read(0, ByteBuffer.allocate(8));
            chain.write(0, ByteBuffer.allocate(8));
            driver.queue.complete(chain, 8);
            assertThat(driver.queue.poll()).isNull();
        }
        assertThat(driver.memory.writes())
                .isNotEmpty()
                .allMatch(
                        write -> write.touches(RING, 64) || write.touches(DEVICE, 4) || write.touches(DATA + 0x100, 8))
                .noneMatch(write -> write.touches(TABLE, 32) || write.touches(DRIVER, 4) || write.touches(DATA, 8));
        assertThat(driver.memory.reads()).noneMatch(read -> read.touches(DATA + 0x100, 8));
    }

    @Test
    @Tag("VQ-25")
    void lengthAndIdAreWrittenBeforeTheFlags() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(4);
        DescriptorChain chain = driver.take(2, 1);
        driver.memory.noting = true;
        chain.write(0, ByteBuffer.allocate(16));
        driver.queue.complete(chain, 16);

        assertThat(driver.memory.writes())
                .containsExactly(
                        new Access(true, DATA + 128, 16),
                        new Access(true, RING + 8, 6),
                        new Access(true, RING + 14, 2));
    }

    @Test
    @Tag("VQ-12")
    void descriptorsAreCopiedOnce() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(4);
        driver.memory.put32(DATA, 77);
        driver.descriptor(DATA, 4, 2, 0);
        DescriptorChain chain = driver.queue.poll();
        driver.entry(RING, 0, 0, 0xffff_ffffL, 3, NEXT | WRITE);
        ByteBuffer word = ByteBuffer.allocate(4);
        chain.read(0, word);
        driver.queue.complete(chain, 0);

        assertThat(word.get(0)).isEqualTo((byte) 77);
        assertThat(driver.id(0)).isEqualTo(2);
    }

    @Test
    void offeredListsAreCounted() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(7);
        assertThat(driver.queue.offered()).isZero();
        driver.offer(0, 3);
        driver.offer(1, 1);
        assertThat(driver.queue.offered()).isEqualTo(2);
        driver.queue.poll();
        driver.offer(2, 3);
        assertThat(driver.queue.offered()).isEqualTo(2);
        driver.queue.stop();
        assertThat(driver.queue.offered()).isZero();
    }

    @Test
    void nothingIsConsumedWhileTheRingIsGone() throws Exception {
        PackedRingDriver driver = PackedRingDriver.withIndirect(4);
        driver.entry(TABLE, 0, DATA, 4, 0, 0);
        driver.descriptor(TABLE, 16, 1, INDIRECT);
        driver.memory.hole(TABLE, 16);
        assertThatThrownBy(driver.queue::poll).isInstanceOf(GuestMemoryException.class);
        driver.memory.hole(0, 0);
        DescriptorChain chain = driver.queue.poll();
        assertThat(chain.readableBytes()).isEqualTo(4);
        driver.memory.hole(RING, 64);
        assertThatThrownBy(() -> driver.queue.complete(chain, 0)).isInstanceOf(GuestMemoryException.class);
        assertThat(driver.queue.offered()).isZero();
        driver.memory.hole(0, 0);
        driver.queue.complete(chain, 0);
        assertThat(driver.flags(0)).isEqualTo(AVAIL | USED);
    }

    @Test
    @Tag("PCI-33")
    void chainOfAnEarlierLifeIsIgnored() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(4);
        DescriptorChain old = driver.take(1, 1);
        driver.registers.reset();
        driver.enable();
        DescriptorChain fresh = driver.take(1, 1);
        driver.queue.complete(old, 16);
        assertThat(driver.interrupts).isZero();
        driver.queue.complete(fresh, 16);
        assertThat(driver.length(0)).isEqualTo(16);
        assertThatIllegalStateException().isThrownBy(() -> driver.queue.complete(fresh, 0));
    }

    @Test
    void formatIsThatOfTheFeaturesWhenTheQueueIsEnabled() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(3);
        assertThat(driver.queue.fits(driver.features)).isTrue();
        assertThat(driver.queue.fits(0)).isFalse();
        driver.registers.reset();
        assertThat(driver.queue.fits(0)).isTrue();
        driver.queue.setFeatures(0);
        driver.registers.setSize(3);
        assertThat(driver.registers.size()).as("a split ring's size").isEqualTo(64);
        driver.queue.setFeatures(driver.features);
        driver.registers.setSize(0);
        driver.registers.setSize(65);
        assertThat(driver.registers.size()).isEqualTo(64);
        driver.registers.setSize(3);
        driver.queue.setFeatures(0);
        assertThatThrownBy(driver.registers::enable)
                .isInstanceOf(VirtqueueException.class)
                .hasMessageContaining("size");
    }

    @ParameterizedTest
    @ValueSource(longs = {RING + 8, DRIVER + 2, DEVICE + 2, -16})
    @Tag("VQ-20")
    void areasMustBeAligned(long wrong) {
        PackedRingDriver driver = PackedRingDriver.plain(4);
        driver.registers.reset();
        driver.registers.setSize(4);
        driver.registers.setDescAddress(wrong == RING + 8 || wrong == -16 ? wrong : RING);
        driver.registers.setAvailAddress(wrong == DRIVER + 2 ? wrong : DRIVER);
        driver.registers.setUsedAddress(wrong == DEVICE + 2 ? wrong : DEVICE);
        assertThatThrownBy(driver.registers::enable).isInstanceOf(VirtqueueException.class);
    }

    private static byte[] saved(PackedRingDriver driver) {
        SnapshotWriter out = new SnapshotWriter(0);
        driver.registers.save(out);
        return out.finish();
    }

    @Test
    @Tag("VQ-21")
    void snapshotHasPlacesAndChains() throws Exception {
        PackedRingDriver driver = PackedRingDriver.withEventIdx(5);
        driver.run(3);
        DescriptorChain held = driver.take(4, 3);
        driver.take(2, 1);
        byte[] saved = saved(driver);

        RestoredChains chains = new RestoredChains();
        SnapshotReader in = new SnapshotReader(saved, 0);
        Runnable change = driver.registers.load(in, driver.features, chains);
        in.end();
        driver.queue.complete(held, 16); // by the one that is replaced, which has interrupted
        driver.entry(RING, 3, DATA, 16, 4, 0);
        change.run();
        assertThat(saved(driver)).isEqualTo(saved);
        driver.offer(0, 1);
        DescriptorChain next = driver.queue.poll();
        assertThat(next.head()).isZero();
        driver.queue.complete(next, 1);
        assertThat(driver.id(3)).isZero();
        assertThat(driver.flags(3)).isEqualTo(AVAIL | USED | WRITE);
        assertThat(driver.queue.poll()).isNull();
        assertThat(driver.deviceWish()).isEqualTo(3); // the second round's
    }

    @Test
    void snapshotOfOtherFeaturesIsRefused() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(5);
        driver.take(4, 3);
        byte[] saved = saved(driver);
        assertThatThrownBy(() -> driver.registers.load(new SnapshotReader(saved, 0), 0, new RestoredChains()))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("power of two");
    }

    @Test
    void objectsAreUsedAgain() throws Exception {
        PackedRingDriver driver = PackedRingDriver.plain(2);
        DescriptorChain first = driver.take(0, 1);
        driver.queue.complete(first, 0);
        DescriptorChain second = driver.take(0, 1);
        driver.queue.complete(second, 0);
        assertThat(driver.take(0, 1)).isSameAs(first);
    }
}
