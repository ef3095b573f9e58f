// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.lang.invoke.VarHandle;

/** A split virtqueue from the driver's side, VIRTIO 1.4 section 2.7. A chain's id is its head. */
final class SplitDriverQueue extends DriverQueue {
    private final int[] nextFree;
    private final int[] chainCount; // descriptors in flight by head, in the ring itself
    private int firstFree;
    private int freeCount;
    private int availIdx;
    private int kickedIdx;
    private int lastUsedIdx;

    SplitDriverQueue(Bus bus, GuestAllocator allocator, int index, int size, long features) {
        super(bus, allocator, index, size, features, 4096, false, 6 + 2 * size, 2, 6 + 8 * size);
        nextFree = new int[size];
        chainCount = new int[size];
        for (int i = 0; i < size; i++) {
            nextFree[i] = i + 1;
        }
        freeCount = size;
    }

    @Override
    int freeDescriptors() {
        return freeCount;
    }

    @Override
    int nextId() {
        return firstFree;
    }

    @Override
    void offerChain(int id, BufferList buffers) {
        int slot = id;
        for (int i = 0; i < buffers.count(); i++) {
            int next = nextFree[slot];
            boolean last = i == buffers.count() - 1;
            int flags = (last ? 0 : DESC_F_NEXT) | (buffers.isWritable(i) ? DESC_F_WRITE : 0);
            writeDesc(desc + 16L * slot, buffers.address(i), buffers.length(i), flags, last ? 0 : next);
            slot = next;
        }
        offerHead(id, buffers.count(), slot);
    }

    @Override
    void offerTable(int id, long table, int count) {
        writeDesc(desc + 16L * id, table, DESC_BYTES * count, DESC_F_INDIRECT, 0);
        offerHead(id, 1, nextFree[id]);
    }

    private void offerHead(int head, int descriptors, int nextHead) {
        firstFree = nextHead;
        freeCount -= descriptors;
        chainCount[head] = descriptors;
        ram.put16(driverArea + 4 + 2L * (availIdx % size), head);
        VarHandle.releaseFence();
        availIdx = (availIdx + 1) & 0xffff;
        ram.put16(driverArea + 2, availIdx);
    }

    @Override
    void writeTableEntry(long table, int entry, int count, long address, int length, boolean writable) {
        boolean last = entry == count - 1;
        int flags = (last ? 0 : DESC_F_NEXT) | (writable ? DESC_F_WRITE : 0);
        writeDesc(table + 16L * entry, address, length, flags, last ? 0 : entry + 1);
    }

    private void writeDesc(long at, long address, int length, int flags, int next) {
        ram.put64(at, address);
        ram.put32(at + 8, length);
        ram.put16(at + 12, flags);
        ram.put16(at + 14, next);
    }

    @Override
    boolean deviceWantsKick() {
        VarHandle.fullFence(); // the new index must be visible before the device's wish is read
        int before = kickedIdx;
        kickedIdx = availIdx;
        if (eventIdx) {
            int event = ram.get16(deviceArea + 4 + 8L * size);
            return ((availIdx - event - 1) & 0xffff) < ((availIdx - before) & 0xffff);
        }
        return (ram.get16(deviceArea) & 1) == 0;
    }

    @Override
    public int nextAvailable() {
        return availIdx;
    }

    @Override
    public void suppressInterrupts(boolean suppress) {
        ram.put16(driverArea, suppress ? 1 : 0);
    }

    @Override
    public boolean hasUsed() {
        return ram.get16(deviceArea + 2) != lastUsedIdx;
    }

    @Override
    public int poll(UsedListener listener) {
        int taken = 0;
        while (true) {
            int idx = ram.get16(deviceArea + 2);
            VarHandle.acquireFence();
            if (idx == lastUsedIdx) {
                return taken;
            }
            if (((idx - lastUsedIdx) & 0xffff) > inFlight()) {
                throw new DeviceFaultException("queue " + index + ": used.idx went from " + lastUsedIdx + " to " + idx
                        + " with " + inFlight() + " in flight");
            }
            take(listener);
            taken++;
        }
    }

    private void take(UsedListener listener) {
        long elem = deviceArea + 4 + 8L * (lastUsedIdx % size);
        int head = ram.get32(elem);
        int length = ram.get32(elem + 4);
        checkUsed(head, length);
        lastUsedIdx = (lastUsedIdx + 1) & 0xffff;
        int token = token(head);
        retire(head);
        if (eventIdx) {
            ram.put16(driverArea + 4 + 2L * size, lastUsedIdx);
            VarHandle.fullFence(); // then look again: the device may have missed the new event index
        }
        listener.used(token, length);
    }

    @Override
    void freeId(int head) {
        int slot = head;
        for (int i = 0; i < chainCount[head] - 1; i++) {
            slot = nextFree[slot];
        }
        nextFree[slot] = firstFree;
        firstFree = head;
        freeCount += chainCount[head];
    }
}
