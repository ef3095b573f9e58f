// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import org.vsnd.spi.GuestMemoryException;

/** A driver's hand on one split ring, free to break every rule. Offsets are written out, not taken from main code. */
final class RingDriver {
    static final int NEXT = 1;
    static final int WRITE = 2;
    static final int INDIRECT = 4;

    static final long INDIRECT_FEATURES = VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC;

    static final int SIZE_MAX = 64;

    static final long DESC = FlatMemory.BASE + 0x1000;
    static final long AVAIL = FlatMemory.BASE + 0x3000;
    static final long USED = FlatMemory.BASE + 0x4000;
    /** Free for tables and buffers from here on. */
    static final long DATA = FlatMemory.BASE + 0x8000;

    final FlatMemory memory;
    final Virtqueue queue;
    final QueueRegisters registers;
    final int size;
    int interrupts;
    int availIdx;

    RingDriver(FlatMemory memory, int size, long features) {
        this(memory, size, features, 1 << 20);
    }

    private RingDriver(FlatMemory memory, int size, long features, int segmentsMax) {
        this.memory = memory;
        this.size = size;
        this.queue = new Virtqueue(3, SIZE_MAX, segmentsMax, memory, index -> interrupts++);
        this.registers = new QueueRegisters(queue);
        enable(features);
    }

    /** The device may hold so many segments. */
    static RingDriver withSegments(int segmentsMax) {
        return withSegments(segmentsMax, INDIRECT_FEATURES);
    }

    static RingDriver withSegments(int segmentsMax, long features) {
        return new RingDriver(new FlatMemory(0x40000), SIZE_MAX, features, segmentsMax);
    }

    static RingDriver plain(int size) {
        return new RingDriver(new FlatMemory(0x40000), size, VIRTIO_F_VERSION_1);
    }

    static RingDriver withIndirect(int size) {
        return new RingDriver(new FlatMemory(0x40000), size, VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC);
    }

    static RingDriver withEventIdx(int size) {
        return new RingDriver(new FlatMemory(0x40000), size, VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX);
    }

    /** Sets the registers up, as a driver does at first or after a reset. The rings' indices start at 0. */
    void enable(long features) {
        availIdx = 0;
        memory.put32(AVAIL, 0);
        memory.put32(USED, 0);
        registers.setSize(size);
        registers.setDescAddress(DESC);
        registers.setAvailAddress(AVAIL);
        registers.setUsedAddress(USED);
        queue.setFeatures(features);
        try {
            registers.enable();
        } catch (VirtqueueException e) {
            throw new AssertionError(e);
        }
    }

    void descriptor(int index, long address, long length, int flags, int next) {
        entry(DESC, index, address, length, flags, next);
    }

    void entry(long table, int index, long address, long length, int flags, int next) {
        long at = table + 16L * index;
        memory.put64(at, address);
        memory.put32(at + 8, (int) length);
        memory.put16(at + 12, flags);
        memory.put16(at + 14, next);
    }

    void offer(int head) {
        memory.put16(AVAIL + 4 + 2L * (availIdx % size), head);
        setAvailIdx(availIdx + 1);
    }

    void setAvailIdx(int idx) {
        availIdx = idx & 0xffff;
        memory.put16(AVAIL + 2, availIdx);
    }

    void setUsedEvent(int idx) {
        memory.put16(AVAIL + 4 + 2L * size, idx);
    }

    int availEvent() {
        return memory.get16(USED + 4 + 8L * size) & 0xffff;
    }

    int usedIdx() {
        return memory.get16(USED + 2) & 0xffff;
    }

    long usedElemAddress(int idx) {
        return USED + 4 + 8L * (idx % size);
    }

    int usedId(int idx) {
        return memory.get32(usedElemAddress(idx));
    }

    int usedLen(int idx) {
        return memory.get32(usedElemAddress(idx) + 4);
    }

    /** Passes buffers of one descriptor through the ring until both indices have moved this far. */
    void run(int count) throws VirtqueueException, GuestMemoryException {
        descriptor(0, DATA, 16, WRITE, 0);
        for (int i = 0; i < count; i++) {
            offer(0);
            queue.complete(queue.poll(), 0);
        }
    }
}
