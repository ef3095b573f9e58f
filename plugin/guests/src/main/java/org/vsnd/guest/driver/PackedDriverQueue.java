// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.lang.invoke.VarHandle;

/**
 * A packed virtqueue from the driver's side, VIRTIO 1.4 sections 2.8.16 to 2.8.22. A list's id is the lowest that is free when it
 * is made available.
 */
final class PackedDriverQueue extends DriverQueue {
    private static final int EVENT_BYTES = 4;
    private static final int EVENT_FLAGS = 2;
    private static final int ENABLE = 0;
    private static final int DISABLE = 1;
    private static final int DESC = 2;

    private static final int DESC_F_AVAIL = 1 << 7;
    private static final int DESC_F_USED = 1 << 15;

    private final int[] freeIds; // a stack
    private final int[] sgs; // descriptors of the ring by id
    private int freeIdCount;
    private int free;
    private int nextAvail;
    private int availWrap = 1;
    private int unasked; // descriptors made available since the device was last asked for its wish
    private int nextUsed;
    private int usedWrap = 1;

    PackedDriverQueue(Bus bus, GuestAllocator allocator, int index, int size, long features) {
        super(bus, allocator, index, size, features, 4096, true, EVENT_BYTES, 4, EVENT_BYTES);
        freeIds = new int[size];
        sgs = new int[size];
        for (int i = 0; i < size; i++) {
            freeIds[i] = size - 1 - i;
        }
        freeIdCount = size;
        free = size;
        if (eventIdx) {
            wishForNextUsed();
        }
    }

    @Override
    int freeDescriptors() {
        return free;
    }

    @Override
    int nextId() {
        return freeIds[freeIdCount - 1];
    }

    @Override
    void offerChain(int id, BufferList buffers) {
        int first = nextAvail;
        int firstFlags = 0;
        for (int i = 0; i < buffers.count(); i++) {
            int flags = (buffers.isWritable(i) ? DESC_F_WRITE : 0)
                    | (i == buffers.count() - 1 ? 0 : DESC_F_NEXT)
                    | availableFlags();
            writeDesc(desc + 16L * nextAvail, buffers.address(i), buffers.length(i), id);
            if (i == 0) {
                firstFlags = flags; // not before all are ready
            } else {
                ram.put16(desc + 16L * nextAvail + 14, flags);
            }
            advanceAvail();
        }
        makeAvailable(id, first, firstFlags, buffers.count());
    }

    @Override
    void offerTable(int id, long table, int count) {
        int first = nextAvail;
        int flags = DESC_F_INDIRECT | availableFlags();
        writeDesc(desc + 16L * first, table, DESC_BYTES * count, id);
        advanceAvail();
        makeAvailable(id, first, flags, 1);
    }

    private int availableFlags() {
        return availWrap == 1 ? DESC_F_AVAIL : DESC_F_USED;
    }

    private void advanceAvail() {
        nextAvail++;
        if (nextAvail == size) {
            nextAvail = 0;
            availWrap ^= 1;
        }
    }

    private void makeAvailable(int id, int first, int flags, int descriptors) {
        freeIdCount--;
        sgs[id] = descriptors;
        free -= descriptors;
        unasked += descriptors;
        VarHandle.releaseFence();
        ram.put16(desc + 16L * first + 14, flags);
    }

    /** Everything but the flags. */
    private void writeDesc(long at, long address, int length, int id) {
        ram.put64(at, address);
        ram.put32(at + 8, length);
        ram.put16(at + 12, id);
    }

    @Override
    void writeTableEntry(long table, int entry, int count, long address, int length, boolean writable) {
        writeDesc(table + 16L * entry, address, length, 0);
        ram.put16(table + 16L * entry + 14, writable ? DESC_F_WRITE : 0);
    }

    @Override
    boolean deviceWantsKick() {
        VarHandle.fullFence(); // the descriptors must be visible before the device's wish is read
        int added = unasked;
        unasked = 0;
        int flags = ram.get16(deviceArea + EVENT_FLAGS) & 3;
        if (flags != DESC || !eventIdx) {
            return flags != DISABLE;
        }
        int event = ram.get16(deviceArea);
        int slot = nextAvail;
        int wrap = availWrap;
        for (int i = 0; i < added; i++) { // backwards over what is new
            if (slot == 0) {
                slot = size;
                wrap ^= 1;
            }
            slot--;
            if (event == (slot | wrap << 15)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int nextAvailable() {
        return nextAvail | availWrap << 15;
    }

    @Override
    public void suppressInterrupts(boolean suppress) {
        ram.put16(driverArea + EVENT_FLAGS, suppress ? DISABLE : eventIdx ? DESC : ENABLE);
    }

    private boolean isUsed() {
        int flags = ram.get16(desc + 16L * nextUsed + 14);
        int avail = (flags & DESC_F_AVAIL) != 0 ? 1 : 0;
        int used = (flags & DESC_F_USED) != 0 ? 1 : 0;
        return avail == usedWrap && used == usedWrap;
    }

    @Override
    public boolean hasUsed() {
        return inFlight() > 0 && isUsed();
    }

    @Override
    public int poll(UsedListener listener) {
        int taken = 0;
        while (isUsed()) {
            VarHandle.acquireFence();
            if (inFlight() == 0) {
                throw new DeviceFaultException(
                        "queue " + index + ": a descriptor is used at " + nextUsed + " with nothing in flight");
            }
            take(listener);
            taken++;
        }
        return taken;
    }

    private void take(UsedListener listener) {
        long at = desc + 16L * nextUsed;
        int id = ram.get16(at + 12);
        int length = (ram.get16(at + 14) & DESC_F_WRITE) == 0 ? 0 : ram.get32(at + 8);
        checkUsed(id, length);
        nextUsed += sgs[id];
        if (nextUsed >= size) {
            nextUsed -= size;
            usedWrap ^= 1;
        }
        int token = token(id);
        retire(id);
        if (eventIdx) {
            wishForNextUsed();
            VarHandle.fullFence(); // then look again: the device may have missed the new wish
        }
        listener.used(token, length);
    }

    private void wishForNextUsed() {
        ram.put16(driverArea, nextUsed | usedWrap << 15);
        ram.put16(driverArea + EVENT_FLAGS, DESC);
    }

    @Override
    void freeId(int id) {
        freeIds[freeIdCount++] = id;
        free += sgs[id];
    }
}
