// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.util.Arrays;

/**
 * A virtqueue from the driver's side, VIRTIO 1.4 section 2.6: what its two formats have in common. Holds the device to its part:
 * every buffer is used exactly once, with a known id and no more bytes than it has room for. Allocates nothing once every slot
 * has been used.
 */
public abstract class DriverQueue {
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

    static final int DESC_BYTES = 16;
    static final int DESC_F_NEXT = 1;
    static final int DESC_F_WRITE = 2;
    static final int DESC_F_INDIRECT = 4;
    private static final int NONE = -1;

    final GuestRam ram;
    final int index;
    final int size;
    final boolean indirect;
    final boolean eventIdx;
    final long desc;
    final long driverArea;
    final long deviceArea;

    private final Bus bus;
    private final GuestAllocator allocator;
    private final int driverBytes;
    private final int deviceBytes;

    // By id.
    private final int[] tokens;
    private final long[] writableBytes; // NONE: not in flight
    private final long[] tables; // indirect tables, kept
    private final int[] tableCapacity;
    private final int[] tableCount; // 0: the chain is in the ring itself
    private final long[][] heldAddresses; // what the device may touch
    private final int[][] heldLengths;
    private final int[] heldCount;

    private int inFlight;
    private long kicks;
    private long suppressedKicks;

    /**
     * @param descAlign of the descriptor area; a power of two, as the others
     * @param deviceWritesDesc whether the device may write to the descriptor area
     */
    DriverQueue(
            Bus bus,
            GuestAllocator allocator,
            int index,
            int size,
            long features,
            int descAlign,
            boolean deviceWritesDesc,
            int driverBytes,
            int driverAlign,
            int deviceBytes) {
        this.bus = bus;
        this.ram = bus.ram();
        this.allocator = allocator;
        this.index = index;
        this.size = size;
        this.driverBytes = driverBytes;
        this.deviceBytes = deviceBytes;
        indirect = (features & Features.INDIRECT_DESC) != 0;
        eventIdx = (features & Features.EVENT_IDX) != 0;
        desc = allocator.allocate(DESC_BYTES * size, descAlign);
        driverArea = allocator.allocate(driverBytes, driverAlign);
        deviceArea = allocator.allocate(deviceBytes, 4);
        bus.guard().offer(desc, (long) DESC_BYTES * size, deviceWritesDesc);
        bus.guard().offer(driverArea, driverBytes, false);
        bus.guard().offer(deviceArea, deviceBytes, true);
        tokens = new int[size];
        writableBytes = new long[size];
        tables = new long[size];
        tableCapacity = new int[size];
        tableCount = new int[size];
        heldAddresses = new long[size][0];
        heldLengths = new int[size][0];
        heldCount = new int[size];
        Arrays.fill(writableBytes, NONE);
    }

    /**
     * A queue in fresh memory, which the caller tells the device of.
     *
     * @param size descriptors; of a split queue a power of two
     * @param features negotiated: the format, VIRTIO_F_INDIRECT_DESC (puts chains of several buffers into tables of their own) and
     *     VIRTIO_F_EVENT_IDX
     */
    public static DriverQueue create(Bus bus, GuestAllocator allocator, int index, int size, long features) {
        return (features & Features.RING_PACKED) != 0
                ? new PackedDriverQueue(bus, allocator, index, size, features)
                : new SplitDriverQueue(bus, allocator, index, size, features);
    }

    /** Guest-physical address of the descriptor area. */
    public final long descAddress() {
        return desc;
    }

    /** Guest-physical address of the driver area, of a split queue the available ring. */
    public final long availAddress() {
        return driverArea;
    }

    /** Guest-physical address of the device area, of a split queue the used ring. */
    public final long usedAddress() {
        return deviceArea;
    }

    /** Number of the queue. */
    public final int index() {
        return index;
    }

    /** Descriptors of the ring. */
    public final int size() {
        return size;
    }

    /** Messages the device has not used yet. */
    public final int inFlight() {
        return inFlight;
    }

    /** Notifications the driver had to send. */
    public final long kicks() {
        return kicks;
    }

    /** Notifications the device did not want. */
    public final long suppressedKicks() {
        return suppressedKicks;
    }

    /**
     * Makes buffers available, without a notification.
     *
     * @param token given back when they are used
     * @return false if the ring is full
     */
    public final boolean add(BufferList buffers, int token) {
        if (buffers.count() == 0) {
            throw new IllegalArgumentException("no buffers");
        }
        boolean table = indirect && buffers.count() > 1;
        if ((table ? 1 : buffers.count()) > freeDescriptors()) {
            return false;
        }
        int id = nextId();
        if (table) {
            writeTable(id, buffers);
        } else {
            tableCount[id] = 0;
        }
        hold(id, buffers);
        tokens[id] = token;
        writableBytes[id] = buffers.writableBytes();
        inFlight++;
        if (table) {
            offerTable(id, tables[id], buffers.count());
        } else {
            offerChain(id, buffers);
        }
        return true;
    }

    /** Free descriptors of the ring. */
    abstract int freeDescriptors();

    /** The id that the next chain gets. */
    abstract int nextId();

    /** Puts a chain into the ring, one descriptor for each buffer. */
    abstract void offerChain(int id, BufferList buffers);

    /** Puts a chain into the ring that is in a table. */
    abstract void offerTable(int id, long table, int count);

    /** Writes one descriptor of an indirect table. */
    abstract void writeTableEntry(long table, int entry, int count, long address, int length, boolean writable);

    private void writeTable(int id, BufferList buffers) {
        int count = buffers.count();
        if (tableCapacity[id] < count) {
            if (tableCapacity[id] != 0) {
                allocator.free(tables[id]);
            }
            tables[id] = allocator.allocate(DESC_BYTES * count, DESC_BYTES);
            tableCapacity[id] = count;
        }
        for (int i = 0; i < count; i++) {
            writeTableEntry(tables[id], i, count, buffers.address(i), buffers.length(i), buffers.isWritable(i));
        }
        tableCount[id] = count;
        bus.guard().offer(tables[id], (long) DESC_BYTES * count, false);
    }

    private void hold(int id, BufferList buffers) {
        int count = buffers.count();
        if (heldAddresses[id].length < count) {
            heldAddresses[id] = new long[count];
            heldLengths[id] = new int[count];
        }
        for (int i = 0; i < count; i++) {
            heldAddresses[id][i] = buffers.address(i);
            heldLengths[id][i] = buffers.length(i);
            bus.guard().offer(buffers.address(i), buffers.length(i) & 0xffff_ffffL, buffers.isWritable(i));
        }
        heldCount[id] = count;
    }

    /**
     * Whether the device wants to hear of the buffers added since this was last asked.
     *
     * @return true: the caller notifies
     */
    public final boolean needsKick() {
        boolean wanted = deviceWantsKick();
        if (wanted) {
            kicks++;
        } else {
            suppressedKicks++;
        }
        return wanted;
    }

    abstract boolean deviceWantsKick();

    /** What VIRTIO_F_NOTIFICATION_DATA tells of the next descriptor: next_off, and next_wrap in bit 15. */
    public abstract int nextAvailable();

    /** Asks the device for no interrupts, where that is done by a flag (a hint). */
    public abstract void suppressInterrupts(boolean suppress);

    /** Whether the device has used a buffer that was not taken yet. */
    public abstract boolean hasUsed();

    /**
     * Takes every used buffer.
     *
     * @return how many
     */
    public abstract int poll(UsedListener listener);

    /** Checks what the device says of a buffer. */
    final void checkUsed(int id, int length) {
        if (id < 0 || id >= size || writableBytes[id] == NONE) {
            throw new DeviceFaultException("queue " + index + ": used id " + id + " is not in flight");
        }
        if (Integer.toUnsignedLong(length) > writableBytes[id]) {
            throw new DeviceFaultException("queue " + index + ": used length " + Integer.toUnsignedString(length)
                    + " of " + writableBytes[id] + " writable bytes");
        }
    }

    final int token(int id) {
        return tokens[id];
    }

    /** The chain is the driver's again. */
    final void retire(int id) {
        for (int i = 0; i < heldCount[id]; i++) {
            bus.guard().withdraw(heldAddresses[id][i], heldLengths[id][i] & 0xffff_ffffL);
        }
        if (tableCount[id] > 0) {
            bus.guard().withdraw(tables[id], (long) DESC_BYTES * tableCount[id]);
        }
        writableBytes[id] = NONE;
        inFlight--;
        freeId(id);
    }

    /** The id and the descriptors of its chain can be used again. */
    abstract void freeId(int id);

    /** Forgets everything after a reset of the queue or the device and gives the ring's memory back. */
    public final void discard() {
        for (int id = 0; id < size; id++) {
            if (writableBytes[id] != NONE) {
                retire(id);
            }
            if (tableCapacity[id] != 0) {
                allocator.free(tables[id]);
                tableCapacity[id] = 0;
            }
        }
        bus.guard().withdraw(desc, (long) DESC_BYTES * size);
        bus.guard().withdraw(driverArea, driverBytes);
        bus.guard().withdraw(deviceArea, deviceBytes);
        allocator.free(desc);
        allocator.free(driverArea);
        allocator.free(deviceArea);
    }
}
