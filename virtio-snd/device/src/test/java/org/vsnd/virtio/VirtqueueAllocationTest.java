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
import org.junit.jupiter.api.Test;
import org.vsnd.spi.GuestMemoryException;

class VirtqueueAllocationTest {
    private static final long TABLE = DATA + 0x10000;
    private static final int TABLE_ENTRIES = 100;

    private final RingDriver driver =
            new RingDriver(new FlatMemory(0x40000), 64, VIRTIO_F_EVENT_IDX | VIRTIO_F_INDIRECT_DESC);
    private final ByteBuffer word = ByteBuffer.allocateDirect(1000);

    @Test
    void warmQueueAllocatesNothing() throws VirtqueueException, GuestMemoryException {
        for (int i = 0; i < TABLE_ENTRIES; i++) {
            driver.entry(TABLE, i, DATA + 64L * i, 64, i < TABLE_ENTRIES - 1 ? NEXT : WRITE, i + 1);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        // Warm means compiled, too: with C2 the switch to compiled code costs one object (56 bytes), once, some 20,000
        // buffers in; with the interpreter or C1 alone there is none.
        for (int round = 0; round < 5; round++) {
            passBuffers(20_000);
        }
        threads.getThreadAllocatedBytes(thread);
        long before = threads.getThreadAllocatedBytes(thread);
        passBuffers(20_000);
        long after = threads.getThreadAllocatedBytes(thread);

        assertThat(before).isPositive();
        assertThat(after - before).isZero();
    }

    private void passBuffers(int count) throws VirtqueueException, GuestMemoryException {
        for (int i = 0; i < count; i++) {
            int head = i & 63;
            if ((i & 64) == 0) {
                driver.descriptor(head, TABLE, 16 * TABLE_ENTRIES, INDIRECT, 0);
            } else {
                driver.descriptor(head, DATA, 2000, NEXT, head ^ 1);
                driver.descriptor(head ^ 1, DATA + 4000, 64, WRITE, 0);
            }
            driver.setUsedEvent(i);
            driver.offer(head);
            DescriptorChain chain = driver.queue.poll();
            word.clear();
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
