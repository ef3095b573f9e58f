// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_PACKED;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import org.vsnd.spi.GuestMemoryException;

/** A driver's hand on one packed ring, free to break every rule. Offsets are written out, not taken from main code. */
final class PackedRingDriver {
    static final int NEXT = 1;
    static final int WRITE = 2;
    static final int INDIRECT = 4;
    static final int AVAIL = 1 << 7;
    static final int USED = 1 << 15;

    static final long RING = FlatMemory.BASE + 0x1000;
    static final long DRIVER = FlatMemory.BASE + 0x3000;
    static final long DEVICE = FlatMemory.BASE + 0x4000;
    /** Free for tables and buffers from here on. */
    static final long DATA = FlatMemory.BASE + 0x8000;

    int interrupts;
    final FlatMemory memory = new FlatMemory(0x40000);
    final Virtqueue queue = new Virtqueue(3, 64, 1 << 20, memory, index -> interrupts++);
    final QueueRegisters registers = new QueueRegisters(queue);
    final int size;
    final long features;
    /** Where the driver puts the next descriptor, and its wrap counter. */
    int next;

    boolean wrap = true;

    PackedRingDriver(int size, long further) {
        this.size = size;
        features = VIRTIO_F_VERSION_1 | VIRTIO_F_RING_PACKED | further;
        enable();
    }

    static PackedRingDriver plain(int size) {
        return new PackedRingDriver(size, 0);
    }

    static PackedRingDriver withIndirect(int size) {
        return new PackedRingDriver(size, VIRTIO_F_INDIRECT_DESC);
    }

    static PackedRingDriver withEventIdx(int size) {
        return new PackedRingDriver(size, VIRTIO_F_EVENT_IDX);
    }

    /** Sets the registers up, with a ring of zeros. */
    void enable() {
        memory.putBytes(RING, new byte[16 * size]);
        memory.put32(DRIVER, 0);
        memory.put32(DEVICE, 0);
        next = 0;
        wrap = true;
        queue.setFeatures(features);
        registers.setSize(size);
        registers.setDescAddress(RING);
        registers.setAvailAddress(DRIVER);
        registers.setUsedAddress(DEVICE);
        try {
            registers.enable();
        } catch (VirtqueueException e) {
            throw new AssertionError(e);
        }
    }

    private int available() {
        return wrap ? AVAIL : USED;
    }

    /** Writes the next descriptor and makes it available at once. */
    void descriptor(long address, long length, int id, int flags) {
        entry(RING, next, address, length, id, flags | available());
        next++;
        if (next == size) {
            next = 0;
            wrap = !wrap;
        }
    }

    void entry(long table, int index, long address, long length, int id, int flags) {
        long at = table + 16L * index;
        memory.put64(at, address);
        memory.put32(at + 8, (int) length);
        memory.put16(at + 12, id);
        memory.put16(at + 14, flags);
    }

    /** Offers a list of so many writable buffers of 16 bytes. */
    void offer(int id, int descriptors) {
        for (int i = 0; i < descriptors; i++) {
            descriptor(DATA + 64L * id + 16L * i, 16, id, WRITE | (i < descriptors - 1 ? NEXT : 0));
        }
    }

    DescriptorChain take(int id, int descriptors) throws VirtqueueException, GuestMemoryException {
        offer(id, descriptors);
        return queue.poll();
    }

    /** Passes single buffers through the ring. */
    void run(int count) throws VirtqueueException, GuestMemoryException {
        for (int i = 0; i < count; i++) {
            queue.complete(take(0, 1), 0);
        }
    }

    int flags(int slot) {
        return memory.get16(RING + 16L * slot + 14) & 0xffff;
    }

    int id(int slot) {
        return memory.get16(RING + 16L * slot + 12) & 0xffff;
    }

    int length(int slot) {
        return memory.get32(RING + 16L * slot + 8);
    }

    /** The driver's wish: flags, and a place. */
    void wish(int flags, int slot, boolean inWrap) {
        memory.put16(DRIVER, slot | (inWrap ? 1 << 15 : 0));
        memory.put16(DRIVER + 2, flags);
    }

    /** What the device wants to be told: place with wrap counter. */
    int deviceWish() {
        return memory.get16(DEVICE) & 0xffff;
    }

    int deviceFlags() {
        return memory.get16(DEVICE + 2);
    }
}
