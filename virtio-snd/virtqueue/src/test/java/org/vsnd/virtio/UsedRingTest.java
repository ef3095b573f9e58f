// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.virtio.RingDriver.AVAIL;
import static org.vsnd.virtio.RingDriver.DATA;
import static org.vsnd.virtio.RingDriver.DESC;
import static org.vsnd.virtio.RingDriver.INDIRECT;
import static org.vsnd.virtio.RingDriver.NEXT;
import static org.vsnd.virtio.RingDriver.USED;
import static org.vsnd.virtio.RingDriver.WRITE;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.FlatMemory.Access;

/** Giving chains back, and what a reset in between means. */
class UsedRingTest {
    private static final long TABLE = DATA + 0x1000;

    private final RingDriver driver = RingDriver.plain(8);

    private DescriptorChain take(int head) throws VirtqueueException, GuestMemoryException {
        driver.descriptor(head, DATA + 0x100L * head, 16, WRITE, 0);
        driver.offer(head);
        return driver.queue.poll();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, VIRTIO_F_INDIRECT_DESC, VIRTIO_F_EVENT_IDX, VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX})
    @Tag("VQ-14")
    void buffersGoAroundWithAnyFeatures(long features) throws VirtqueueException, GuestMemoryException {
        RingDriver any = new RingDriver(new FlatMemory(0x40000), 4, VIRTIO_F_VERSION_1 | features);
        boolean indirect = (features & VIRTIO_F_INDIRECT_DESC) != 0;
        for (int i = 0; i < 70_000; i++) {
            int head = i & 1;
            any.setUsedEvent(i);
            if (indirect) {
                any.entry(TABLE, 0, DATA, 4, NEXT, 1);
                any.entry(TABLE, 1, DATA + 0x10, 4, WRITE, 0);
                any.descriptor(head, TABLE, 32, INDIRECT, 0);
            } else {
                any.descriptor(head, DATA, 4, NEXT, 2);
                any.descriptor(2, DATA + 0x10, 4, WRITE, 0);
            }
            any.memory.put32(DATA, i);
            any.offer(head);
            DescriptorChain chain = any.queue.poll();
            ByteBuffer word = ByteBuffer.allocate(4);
            chain.read(0, word);
            chain.write(0, word.flip());
            any.queue.complete(chain, 4);
            if (any.memory.get32(DATA + 0x10) != i
                    || any.usedIdx() != ((i + 1) & 0xffff)
                    || any.usedId(i) != head
                    || any.usedLen(i) != 4
                    || any.interrupts != i + 1
                    || any.queue.poll() != null) {
                throw new AssertionError("buffer " + i);
            }
        }
        assertThat(any.memory.get16(USED)).as("used.flags").isZero(); // VQ-10
    }

    @Test
    void chainsComeBackInAnyOrder() throws VirtqueueException, GuestMemoryException {
        DescriptorChain a = take(1);
        DescriptorChain b = take(5);
        driver.queue.complete(b, 3);
        driver.queue.complete(a, 16);

        assertThat(driver.usedIdx()).isEqualTo(2);
        assertThat(driver.usedId(0)).isEqualTo(5);
        assertThat(driver.usedLen(0)).isEqualTo(3);
        assertThat(driver.usedId(1)).isEqualTo(1);
        assertThat(driver.usedLen(1)).isEqualTo(16);
    }

    @Test
    @Tag("VQ-09")
    void elementIsWrittenBeforeTheIndex() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = take(2);
        driver.memory.noting = true;
        chain.write(0, ByteBuffer.allocate(16));
        driver.queue.complete(chain, 16);

        assertThat(driver.memory.accesses)
                .containsExactly(
                        new Access(true, DATA + 0x200, 16),
                        new Access(true, USED + 4, 8),
                        new Access(true, USED + 2, 2));
    }

    @Test
    @Tag("VQ-08")
    void usedEventIsReadAfterTheIndexIsWritten() throws VirtqueueException, GuestMemoryException {
        RingDriver event = RingDriver.withEventIdx(8);
        event.descriptor(0, DATA, 16, WRITE, 0);
        event.offer(0);
        DescriptorChain chain = event.queue.poll();
        event.memory.noting = true;
        event.queue.complete(chain, 0);

        assertThat(event.memory.accesses)
                .containsExactly(
                        new Access(true, USED + 4, 8),
                        new Access(true, USED + 2, 2),
                        new Access(false, AVAIL + 4 + 16, 2));
    }

    @Test
    @Tag("VQ-03")
    void onlyTheUsedRingAndWritableBuffersAreWritten() throws VirtqueueException, GuestMemoryException {
        RingDriver guarded = new RingDriver(
                new FlatMemory(0x40000), 8, VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX);
        guarded.memory.noting = true;
        for (int i = 0; i < 100; i++) {
            guarded.descriptor(0, DATA, 8, NEXT, 1);
            guarded.descriptor(1, TABLE, 32, INDIRECT | WRITE, 0);
            guarded.entry(TABLE, 0, DATA + 0x100, 8, NEXT, 1);
            guarded.entry(TABLE, 1, DATA + 0x200, 8, WRITE, 0);
            guarded.offer(0);
            DescriptorChain chain = guarded.queue.poll();
            chain.read(0, ByteBuffer.allocate(16));
            chain.write(0, ByteBuffer.allocate(8));
            guarded.queue.complete(chain, 8);
            assertThat(guarded.queue.poll()).isNull();
        }

        assertThat(guarded.memory.writes())
                .isNotEmpty()
                .allMatch(write -> write.touches(USED, 6 + 64) || write.touches(DATA + 0x200, 8))
                .noneMatch(write -> write.touches(DATA, 0x200)
                        || write.touches(TABLE, 0x1000)
                        || write.touches(DESC, 128)
                        || write.touches(AVAIL, 22));
        assertThat(guarded.memory.reads()).isNotEmpty().noneMatch(read -> read.touches(DATA + 0x200, 8));
    }

    @Test
    @Tag("VQ-09")
    void overestimateIsTheDevicesFault() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = take(0);
        assertThatIllegalArgumentException().isThrownBy(() -> driver.queue.complete(chain, 17));
        assertThatIllegalArgumentException().isThrownBy(() -> driver.queue.complete(chain, -1));
        assertThat(driver.usedIdx()).isZero();
    }

    @Test
    void completingTwiceIsTheDevicesFault() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = take(0);
        driver.queue.complete(chain, 0);
        assertThatIllegalStateException().isThrownBy(() -> driver.queue.complete(chain, 0));
        assertThat(driver.usedIdx()).isEqualTo(1);
    }

    @Test
    void completingOnAnotherQueueIsTheDevicesFault() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = take(0);
        assertThatIllegalStateException()
                .isThrownBy(() -> RingDriver.plain(8).queue.complete(chain, 0));
    }

    @Test
    @Tag("PCI-33")
    void chainOfAnEarlierLifeIsIgnored() throws VirtqueueException, GuestMemoryException {
        DescriptorChain old = take(0);
        driver.registers.reset();
        driver.queue.complete(old, 0);
        driver.enable(VIRTIO_F_VERSION_1);
        DescriptorChain fresh = take(0);
        driver.queue.complete(old, 16);

        assertThat(fresh).isNotSameAs(old);
        assertThat(old.readableBytes() + old.writableBytes()).isZero();
        assertThat(driver.usedIdx()).isZero();
        assertThat(driver.interrupts).isZero();
        driver.queue.complete(fresh, 16);
        assertThat(driver.usedIdx()).isEqualTo(1);
        assertThat(driver.usedLen(0)).isEqualTo(16);
    }

    @Test
    @Tag("PCI-33")
    void queueCanBeEnabledAgainElsewhereWithAnotherSize() throws VirtqueueException, GuestMemoryException {
        driver.run(5);
        driver.registers.reset();
        assertThat(driver.queue.poll()).isNull();
        long moved = DATA + 0x10000;
        driver.registers.setSize(2);
        driver.registers.setDescAddress(moved);
        driver.registers.setAvailAddress(moved + 0x100);
        driver.registers.setUsedAddress(moved + 0x200);
        driver.registers.enable();
        driver.entry(moved, 1, DATA, 16, WRITE, 0);
        driver.memory.put16(moved + 0x104, 1);
        driver.memory.put16(moved + 0x102, 1);
        driver.queue.complete(driver.queue.poll(), 7);

        assertThat(driver.memory.get16(moved + 0x202)).isEqualTo((short) 1);
        assertThat(driver.memory.get64(moved + 0x204)).isEqualTo(7L << 32 | 1);
    }

    @Test
    void chainIsKeptWhenTheUsedRingIsGone() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = take(0);
        driver.memory.hole(USED, 64);
        assertThatThrownBy(() -> driver.queue.complete(chain, 0)).isInstanceOf(GuestMemoryException.class);
        assertThat(driver.interrupts).isZero();

        driver.memory.hole(0, 0);
        driver.queue.complete(chain, 0);
        assertThat(driver.usedIdx()).isEqualTo(1);
    }

    @Test
    void objectsAreUsedAgain() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = take(4);
        driver.queue.complete(chain, 0);

        assertThat(take(4)).isSameAs(chain);
    }
}
