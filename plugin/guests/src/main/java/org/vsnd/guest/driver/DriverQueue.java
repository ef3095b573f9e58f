// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.lang.invoke.VarHandle;

/**
 * A split virtqueue from the driver's side, VIRTIO 1.4 section 2.7. Holds the device to its part: every buffer is used
 * exactly once, with a known id and no more bytes than it has room for. Allocates nothing once every slot has been used.
 */
public final class DriverQueue {
    /** Told of each used buffer. */
    @FunctionalInterface
    public interface UsedListener {
        /**
         * Called once for each.
         *
         * @param token what {@link #add} was given
         * @param usedLength bytes the device says it has written
         */
        void used(int token, int usedLength);
    }

    private static final int DESC_F_NEXT = 1;
    private static final int DESC_F_WRITE = 2;
    private static final int DESC_F_INDIRECT = 4;
    private static final int NONE = -1;

    private final Bus bus;
    private final GuestRam ram;
    private final GuestAllocator allocator;
    private final int index;
    private final int size;
    private final boolean indirect;
    private final boolean eventIdx;
    private final long desc;
    private final long avail;
    private final long used;
    private final int[] nextFree;
    private final int[] chainCount; // descriptors in flight by head, in the ring itself
    private final int[] tokens;
    private final long[] writableBytes; // by head, NONE: not in flight
    private final long[] tables; // indirect tables by head, kept
    private final int[] tableCapacity;
    private final int[] tableCount;
    private int firstFree;
    private int freeCount;
    private int inFlight;
    private int availIdx;
    private int kickedIdx;
    private int lastUsedIdx;
    private long kicks;
    private long suppressedKicks;

    /**
     * A ring in fresh memory, which the caller tells the device of.
     *
     * @param size descriptors, a power of two
     * @param indirect puts chains of several buffers into tables of their own
     * @param eventIdx whether VIRTIO_F_EVENT_IDX is negotiated
     */
    public DriverQueue(Bus bus, GuestAllocator allocator, int index, int size, boolean indirect, boolean eventIdx) {
        this.bus = bus;
        this.ram = bus.ram();
        this.allocator = allocator;
        this.index = index;
        this.size = size;
        this.indirect = indirect;
        this.eventIdx = eventIdx;
        desc = allocator.allocate(16 * size, 4096);
        avail = allocator.allocate(6 + 2 * size, 2);
        used = allocator.allocate(6 + 8 * size, 4);
        bus.guard().offer(desc, 16L * size, false);
        bus.guard().offer(avail, 6 + 2L * size, false);
        bus.guard().offer(used, 6 + 8L * size, true);
        nextFree = new int[size];
        chainCount = new int[size];
        tokens = new int[size];
        writableBytes = new long[size];
        tables = new long[size];
        tableCapacity = new int[size];
        tableCount = new int[size];
        for (int i = 0; i < size; i++) {
            nextFree[i] = i + 1;
            writableBytes[i] = NONE;
        }
        freeCount = size;
    }

    /** Guest-physical address of the descriptor table. */
    public long descAddress() {
        return desc;
    }

    /** Guest-physical address of the driver area. */
    public long availAddress() {
        return avail;
    }

    /** Guest-physical address of the device area. */
    public long usedAddress() {
        return used;
    }

    /** Number of the queue. */
    public int index() {
        return index;
    }

    /** Descriptors of the ring. */
    public int size() {
        return size;
    }

    /** Messages the device has not used yet. */
    public int inFlight() {
        return inFlight;
    }

    /** Notifications the driver had to send. */
    public long kicks() {
        return kicks;
    }

    /** Notifications the device did not want. */
    public long suppressedKicks() {
        return suppressedKicks;
    }

    /**
     * Makes buffers available, without a notification.
     *
     * @param token given back when they are used
     * @return false if the ring is full
     */
    public boolean add(BufferList buffers, int token) {
        boolean table = indirect && buffers.count() > 1;
        int needed = table ? 1 : buffers.count();
        if (needed == 0) {
            throw new IllegalArgumentException("no buffers");
        }
        if (needed > freeCount) {
            return false;
        }
        int head = firstFree;
        if (table) {
            writeTable(head, buffers);
            firstFree = nextFree[head];
        } else {
            int slot = head;
            for (int i = 0; i < needed; i++) {
                int next = nextFree[slot];
                boolean last = i == needed - 1;
                int flags = (last ? 0 : DESC_F_NEXT) | (buffers.isWritable(i) ? DESC_F_WRITE : 0);
                writeDesc(desc + 16L * slot, buffers.address(i), buffers.length(i), flags, last ? 0 : next);
                slot = next;
            }
            firstFree = slot;
            tableCount[head] = 0;
        }
        for (int i = 0; i < buffers.count(); i++) {
            bus.guard().offer(buffers.address(i), buffers.length(i) & 0xffff_ffffL, buffers.isWritable(i));
        }
        freeCount -= needed;
        inFlight++;
        chainCount[head] = needed;
        tokens[head] = token;
        writableBytes[head] = buffers.writableBytes();
        ram.put16(avail + 4 + 2L * (availIdx % size), head);
        VarHandle.releaseFence();
        availIdx = (availIdx + 1) & 0xffff;
        ram.put16(avail + 2, availIdx);
        return true;
    }

    private void writeTable(int head, BufferList buffers) {
        int count = buffers.count();
        if (tableCapacity[head] < count) {
            if (tableCapacity[head] != 0) {
                allocator.free(tables[head]);
            }
            tables[head] = allocator.allocate(16 * count, 16);
            tableCapacity[head] = count;
        }
        long table = tables[head];
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1;
            int flags = (last ? 0 : DESC_F_NEXT) | (buffers.isWritable(i) ? DESC_F_WRITE : 0);
            writeDesc(table + 16L * i, buffers.address(i), buffers.length(i), flags, last ? 0 : i + 1);
        }
        tableCount[head] = count;
        bus.guard().offer(table, 16L * count, false);
        writeDesc(desc + 16L * head, table, 16 * count, DESC_F_INDIRECT, 0);
    }

    private void writeDesc(long at, long address, int length, int flags, int next) {
        ram.put64(at, address);
        ram.put32(at + 8, length);
        ram.put16(at + 12, flags);
        ram.put16(at + 14, next);
    }

    /**
     * Whether the device wants to hear of the buffers added since this was last asked.
     *
     * @return true: the caller notifies
     */
    public boolean needsKick() {
        VarHandle.fullFence(); // the new index must be visible before the device's wish is read
        int before = kickedIdx;
        kickedIdx = availIdx;
        boolean wanted;
        if (eventIdx) {
            int event = ram.get16(used + 4 + 8L * size);
            wanted = ((availIdx - event - 1) & 0xffff) < ((availIdx - before) & 0xffff);
        } else {
            wanted = (ram.get16(used) & 1) == 0;
        }
        if (wanted) {
            kicks++;
        } else {
            suppressedKicks++;
        }
        return wanted;
    }

    /** Asks the device for no interrupts, where that is done by a flag (a hint). */
    public void suppressInterrupts(boolean suppress) {
        ram.put16(avail, suppress ? 1 : 0);
    }

    /** Whether the device has used a buffer that was not taken yet. */
    public boolean hasUsed() {
        return ram.get16(used + 2) != lastUsedIdx;
    }

    /**
     * Takes every used buffer.
     *
     * @return how many
     */
    public int poll(UsedListener listener) {
        int taken = 0;
        while (true) {
            int idx = ram.get16(used + 2);
            VarHandle.acquireFence();
            if (idx == lastUsedIdx) {
                return taken;
            }
            if (((idx - lastUsedIdx) & 0xffff) > inFlight) {
                throw new DeviceFaultException("queue " + index + ": used.idx went from " + lastUsedIdx + " to " + idx
                        + " with " + inFlight + " in flight");
            }
            take(listener);
            taken++;
        }
    }

    private void take(UsedListener listener) {
        long elem = used + 4 + 8L * (lastUsedIdx % size);
        int head = ram.get32(elem);
        int length = ram.get32(elem + 4);
        if (head < 0 || head >= size || writableBytes[head] == NONE) {
            throw new DeviceFaultException("queue " + index + ": used id " + head + " is not in flight");
        }
        if (Integer.toUnsignedLong(length) > writableBytes[head]) {
            throw new DeviceFaultException("queue " + index + ": used length " + Integer.toUnsignedString(length)
                    + " of " + writableBytes[head] + " writable bytes");
        }
        lastUsedIdx = (lastUsedIdx + 1) & 0xffff;
        int token = tokens[head];
        retire(head);
        if (eventIdx) {
            ram.put16(avail + 4 + 2L * size, lastUsedIdx);
            VarHandle.fullFence(); // then look again: the device may have missed the new event index
        }
        listener.used(token, length);
    }

    private void retire(int head) {
        if (tableCount[head] > 0) {
            for (int i = 0; i < tableCount[head]; i++) {
                withdraw(tables[head] + 16L * i);
            }
            bus.guard().withdraw(tables[head], 16L * tableCount[head]);
        }
        int slot = head;
        for (int i = 0; i < chainCount[head]; i++) {
            if (tableCount[head] == 0) {
                withdraw(desc + 16L * slot);
            }
            if (i == chainCount[head] - 1) {
                nextFree[slot] = firstFree;
            }
            slot = nextFree[slot];
        }
        firstFree = head;
        freeCount += chainCount[head];
        writableBytes[head] = NONE;
        inFlight--;
    }

    private void withdraw(long descriptor) {
        long low = Integer.toUnsignedLong(ram.get32(descriptor));
        long high = Integer.toUnsignedLong(ram.get32(descriptor + 4));
        bus.guard().withdraw((high << 32) | low, Integer.toUnsignedLong(ram.get32(descriptor + 8)));
    }

    /** Forgets everything after a reset of the queue or the device and gives the ring's memory back. */
    public void discard() {
        for (int head = 0; head < size; head++) {
            if (writableBytes[head] != NONE) {
                retire(head);
            }
            if (tableCapacity[head] != 0) {
                allocator.free(tables[head]);
                tableCapacity[head] = 0;
            }
        }
        bus.guard().withdraw(desc, 16L * size);
        bus.guard().withdraw(avail, 6 + 2L * size);
        bus.guard().withdraw(used, 6 + 8L * size);
        allocator.free(desc);
        allocator.free(avail);
        allocator.free(used);
    }
}
