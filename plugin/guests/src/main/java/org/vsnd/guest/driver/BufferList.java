// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.util.Arrays;

/** The buffers of one message in order, device-readable ones first. Reused: building one allocates nothing. */
public final class BufferList {
    private long[] addresses = new long[64];
    private int[] lengths = new int[64];
    private int count;
    private int readable;

    /** Empties the list. */
    public BufferList clear() {
        count = 0;
        readable = 0;
        return this;
    }

    /** Adds a device-readable buffer. */
    public BufferList readable(long address, int length) {
        if (readable != count) {
            throw new IllegalStateException("readable buffers come first");
        }
        add(address, length);
        readable = count;
        return this;
    }

    /** Adds a device-writable buffer. */
    public BufferList writable(long address, int length) {
        add(address, length);
        return this;
    }

    /**
     * Adds memory as one buffer per page it touches.
     *
     * @param pageBytes a power of two; 0: one buffer
     */
    public BufferList pages(long address, int length, int pageBytes, boolean isWritable) {
        long at = address;
        long end = address + length;
        do {
            long pageEnd = pageBytes == 0 ? end : Math.min(end, (at | (pageBytes - 1)) + 1);
            if (isWritable) {
                writable(at, (int) (pageEnd - at));
            } else {
                readable(at, (int) (pageEnd - at));
            }
            at = pageEnd;
        } while (at < end);
        return this;
    }

    private void add(long address, int length) {
        if (count == addresses.length) {
            addresses = Arrays.copyOf(addresses, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        addresses[count] = address;
        lengths[count++] = length;
    }

    /** Buffers in the list. */
    public int count() {
        return count;
    }

    /** Guest-physical address of a buffer. */
    public long address(int index) {
        return addresses[index];
    }

    /** Bytes of a buffer. */
    public int length(int index) {
        return lengths[index];
    }

    /** Whether the device may write a buffer. */
    public boolean isWritable(int index) {
        return index >= readable;
    }

    /** Bytes of all writable buffers. */
    public long writableBytes() {
        long sum = 0;
        for (int i = readable; i < count; i++) {
            sum += lengths[i];
        }
        return sum;
    }
}
