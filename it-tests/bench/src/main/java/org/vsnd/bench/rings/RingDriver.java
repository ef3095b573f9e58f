// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.rings;

import java.nio.ByteBuffer;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/**
 * The driver's side of a ring, in the form in which it costs least: what does not change from message to message is written
 * beforehand. A message has three descriptors, as Linux sends it: a header, a period of sound, and room for the status.
 */
abstract class RingDriver {
    static final int[] LENGTHS = {4, 1920, 8};
    static final int NEXT = 1;
    static final int WRITE = 2;
    static final int INDIRECT = 4;
    static final int ENTRY_BYTES = 16;

    static final int DESC = 0;
    static final int DRIVER = 0x1000;
    static final int DEVICE = 0x2000;
    static final int TABLE = 0x3000;
    private static final int BUFFERS = 0x4000;
    private static final int MEMORY_BYTES = 0x8000;
    private static final int SIZE_MAX = 64;

    final RingMemory memory = new RingMemory(MEMORY_BYTES);
    final ByteBuffer ram = memory.ram();
    final boolean indirect;

    RingDriver(boolean indirect) {
        this.indirect = indirect;
    }

    /** Makes the next message available. */
    abstract void offer();

    static long buffer(int descriptor) {
        return BUFFERS + 0x1000L * descriptor;
    }

    static boolean isLast(int descriptor) {
        return descriptor == LENGTHS.length - 1;
    }

    /** The device's queue of this ring. */
    final Virtqueue queue(int size, long features) {
        Virtqueue queue = new Virtqueue(0, SIZE_MAX, memory, index -> {});
        queue.setFeatures(features);
        QueueRegisters registers = new QueueRegisters(queue);
        registers.setSize(size);
        registers.setDescAddress(DESC);
        registers.setAvailAddress(DRIVER);
        registers.setUsedAddress(DEVICE);
        try {
            registers.enable();
        } catch (VirtqueueException e) {
            throw new IllegalStateException(e);
        }
        return queue;
    }
}
