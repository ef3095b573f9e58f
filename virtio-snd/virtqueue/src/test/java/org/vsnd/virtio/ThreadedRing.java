// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

/**
 * A driver's hand on one ring while the device has another thread: every buffer is a readable number and a writable one, in
 * two descriptors. Ordering is by explicit fences, as in a driver. Offsets are written out, not taken from main code.
 */
abstract class ThreadedRing {
    static final int NONE = -1;

    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int NUMBER_BYTES = 8;
    private static final int DATA_BYTES = 32;

    final FlatMemory memory;
    final int size;
    final boolean eventIdx;

    ThreadedRing(FlatMemory memory, int size, long features) {
        this.memory = memory;
        this.size = size;
        eventIdx = (features & VirtioFeatures.VIRTIO_F_EVENT_IDX) != 0;
    }

    static ThreadedRing of(FlatMemory memory, int size, long features) {
        return (features & VirtioFeatures.VIRTIO_F_RING_PACKED) != 0
                ? new ThreadedPackedRing(memory, size, features)
                : new ThreadedSplitRing(memory, size, features);
    }

    /** Buffers that can be with the device at a time; their ids are below that. */
    final int buffers() {
        return size / 2;
    }

    /** Places number n in a buffer that is free; nobody is told of it yet. */
    abstract void place(int id, long number);

    /** Makes what was placed available; returns whether the device wants to be notified. */
    abstract boolean publish();

    /** Looks whether anything is used. */
    abstract boolean hasUsed();

    /** Takes the next used buffer, if there is one. Returns its id; its length must be that of a number. */
    abstract int takeUsed();

    /** Asks for an interrupt, after which {@link #hasUsed} must be looked at again. */
    abstract void askForInterrupt();

    /** Asks for no interrupts, as far as the format has that. */
    abstract void askForNone();

    private static long data(int id) {
        return RingDriver.DATA + (long) DATA_BYTES * id;
    }

    final void write(int id, long number) {
        memory.put64(data(id), number);
        memory.put64(data(id) + NUMBER_BYTES, 0);
    }

    /** What the device has made of a number. */
    final long answer(int id) {
        return memory.get64(data(id) + NUMBER_BYTES);
    }

    /** Writes the first or the second descriptor of a buffer, except flags. */
    final void describe(long at, int id, boolean second) {
        memory.put64(at, data(id) + (second ? NUMBER_BYTES : 0));
        memory.put32(at + 8, NUMBER_BYTES);
    }

    static int flags(boolean second) {
        return second ? WRITE : NEXT;
    }

    final void checkLength(int id, int length) {
        if (id < 0 || id >= buffers() || length != NUMBER_BYTES) {
            throw new AssertionError("buffer " + id + " of " + buffers() + " is used with a length of " + length);
        }
    }
}
