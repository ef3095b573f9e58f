// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.virtio.RingDriver.DATA;
import static org.vsnd.virtio.RingDriver.INDIRECT;
import static org.vsnd.virtio.RingDriver.NEXT;
import static org.vsnd.virtio.RingDriver.WRITE;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.GuestMemoryException;

class VirtqueueAllocationTest {
    private static final long TABLE = DATA + 0x10000;
    private static final int LONGEST_TABLE = 2048;

    private final RingDriver driver =
            new RingDriver(new FlatMemory(0x40000), 64, VIRTIO_F_EVENT_IDX | VIRTIO_F_INDIRECT_DESC);
    private final ByteBuffer word = ByteBuffer.allocateDirect(1000);

    @ParameterizedTest
    @ValueSource(ints = {100, LONGEST_TABLE})
    void warmQueueAllocatesNothing(int entries) throws VirtqueueException, GuestMemoryException {
        for (int i = 0; i < entries; i++) {
            driver.entry(TABLE, i, DATA + 8L * i, i < entries - 1 ? 8 : 64, i < entries - 1 ? NEXT : WRITE, i + 1);
        }
        int buffers = entries == LONGEST_TABLE ? 2_000 : 20_000;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        // Warm means compiled, too: with C2 the switch to compiled code costs one object (56 bytes), once, some 20,000
        // buffers in; with the interpreter or C1 alone there is none.
        for (int round = 0; round < 5; round++) {
            passBuffers(buffers, entries);
        }
        threads.getThreadAllocatedBytes(thread);
        long before = threads.getThreadAllocatedBytes(thread);
        passBuffers(buffers, entries);
        long after = threads.getThreadAllocatedBytes(thread);

        assertThat(before).isPositive();
        assertThat(after - before).isZero();
    }

    private void passBuffers(int count, int entries) throws VirtqueueException, GuestMemoryException {
        for (int i = 0; i < count; i++) {
            int head = i & 63;
            if ((i & 64) == 0) {
                driver.descriptor(head, TABLE, 16L * entries, INDIRECT, 0);
            } else {
                driver.descriptor(head, DATA, 2000, NEXT, head ^ 1);
                driver.descriptor(head ^ 1, DATA + 4000, 64, WRITE, 0);
            }
            driver.setUsedEvent(i);
            driver.offer(head);
            DescriptorChain chain = driver.queue.poll();
            word.clear();
            word.limit((int) Math.min(200, chain.readableBytes()));
            chain.read(i & 511, word);
            word.clear().limit(64);
            chain.write(0, word);
            driver.queue.complete(chain, 64);
            if (driver.queue.poll() != null) {
                throw new AssertionError();
            }
        }
    }
}
