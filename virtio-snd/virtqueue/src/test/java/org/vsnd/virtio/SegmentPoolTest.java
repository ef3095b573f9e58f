// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.virtio.RingDriver.DATA;
import static org.vsnd.virtio.RingDriver.INDIRECT;
import static org.vsnd.virtio.RingDriver.NEXT;
import static org.vsnd.virtio.RingDriver.WRITE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

@DisplayName("The segments of a queue")
class SegmentPoolTest {
    private static final long TABLE = DATA + 0x10000;
    private static final int SEGMENTS_MAX = 100;

    private final RingDriver driver = RingDriver.withSegments(SEGMENTS_MAX);

    /** A chain whose table is shared by all heads. */
    private DescriptorChain offer(int head, int entries) throws VirtqueueException, GuestMemoryException {
        for (int i = 0; i < entries; i++) {
            driver.entry(TABLE, i, DATA + 8L * i, 8, i < entries - 1 ? NEXT : WRITE, i + 1);
        }
        driver.descriptor(head, TABLE, 16L * entries, INDIRECT, 0);
        driver.offer(head);
        return driver.queue.poll();
    }

    @Test
    @DisplayName("are in excess when there are more than there may be, and no more when some were given back")
    void areInExcess() throws VirtqueueException, GuestMemoryException {
        List<DescriptorChain> held = new ArrayList<>();
        for (int head = 0; head < 3; head++) {
            held.add(offer(head, 30)); // two blocks of 16 each
            assertThat(held.get(head).inExcess()).isFalse();
        }
        DescriptorChain more = offer(3, 1);
        assertThat(more.inExcess()).isTrue();
        driver.queue.complete(more, 0);

        driver.queue.complete(held.get(1), 0);
        assertThat(offer(3, 1).inExcess()).isFalse();
    }

    @Test
    @DisplayName("of a longest chain can be read and written as a whole even in excess")
    void longestChainInExcess() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = offer(0, 2048);
        assertThat(chain.inExcess()).isTrue();
        assertThat(chain.readableBytes()).isEqualTo(2047 * 8);
        driver.memory.putBytes(DATA + 2046 * 8, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        ByteBuffer lastEight = ByteBuffer.allocate(8);
        chain.read(2046 * 8, lastEight);
        assertThat(lastEight.array()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        chain.write(0, ByteBuffer.wrap(new byte[] {42}));
        assertThat(driver.memory.bytes(DATA + 2047 * 8, 1)).containsExactly(42);
    }

    @Test
    @DisplayName("are all given back by a reset, and by a chain that breaks the rules")
    void areGivenBackByAReset() throws VirtqueueException, GuestMemoryException {
        for (int round = 0; round < 10; round++) {
            offer(0, 30);
            offer(1, 30);
            driver.descriptor(2, DATA, 8, NEXT, 3);
            driver.descriptor(3, DATA, 8, NEXT, 2);
            driver.offer(2);
            assertThatThrownBy(driver.queue::poll).isInstanceOf(VirtqueueException.class);
            driver.registers.reset();
            driver.enable(RingDriver.INDIRECT_FEATURES);
        }
        assertThat(offer(0, 90).inExcess()).isFalse();
    }

    @Test
    @DisplayName("count on where a snapshot is restored")
    void countOnAfterARestore() throws Exception {
        offer(0, 30);
        offer(1, 30);
        byte[] saved = save();

        RingDriver other = RingDriver.withSegments(SEGMENTS_MAX);
        RestoredChains chains = new RestoredChains();
        other.registers
                .load(new SnapshotReader(saved, 0), RingDriver.INDIRECT_FEATURES, chains)
                .run();
        other.memory.put16(RingDriver.AVAIL + 2, 3);
        other.memory.put16(RingDriver.AVAIL + 4 + 4, 2);
        for (int i = 0; i < 40; i++) {
            other.entry(TABLE, i, DATA, 8, i < 39 ? NEXT : WRITE, i + 1);
        }
        other.descriptor(2, TABLE, 16L * 40, INDIRECT, 0);
        assertThat(other.queue.poll().inExcess()).isTrue();
    }

    @Test
    @DisplayName("of a snapshot are no more than the queue may have")
    void ofASnapshotAreNoMore() throws Exception {
        for (int head = 0; head < 3; head++) {
            offer(head, 30);
        }
        byte[] saved = save();
        RingDriver smaller = RingDriver.withSegments(SEGMENTS_MAX / 2);
        assertThatThrownBy(() -> smaller.registers.load(
                        new SnapshotReader(saved, 0), RingDriver.INDIRECT_FEATURES, new RestoredChains()))
                .isInstanceOf(SnapshotException.class);
    }

    private byte[] save() {
        SnapshotWriter out = new SnapshotWriter(0);
        driver.registers.save(out);
        return out.finish();
    }
}
