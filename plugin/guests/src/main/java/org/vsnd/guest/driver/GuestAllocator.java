// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.util.Map;
import java.util.TreeMap;

/** First-fit memory for the driver; freed memory is filled with a pattern and may not be touched by the device. */
public final class GuestAllocator {
    /** What freed memory is filled with. */
    public static final int POISON = 0xa5;

    private final GuestRam ram;
    private final TreeMap<Long, Long> free = new TreeMap<>(); // address to length
    private final TreeMap<Long, Long> used = new TreeMap<>();

    /** All of {@code length} bytes from {@code start} on are free. */
    public GuestAllocator(GuestRam ram, long start, long length) {
        this.ram = ram;
        free.put(start, length);
    }

    /** Free memory of the highest piece of {@code ram}, its first MiB left alone. */
    public static GuestAllocator above1Mib(GuestRam ram) {
        return new GuestAllocator(ram, ram.highestBase() + (1 << 20), ram.highestLength() - (1 << 20));
    }

    /**
     * Takes memory, filled with zeros.
     *
     * @param align a power of two
     */
    public long allocate(int length, int align) {
        long bytes = Math.max(length, 1);
        for (Map.Entry<Long, Long> hole : free.entrySet()) {
            long start = (hole.getKey() + align - 1) & -align;
            long end = start + bytes;
            long holeEnd = hole.getKey() + hole.getValue();
            if (end <= holeEnd) {
                free.remove(hole.getKey());
                put(hole.getKey(), start - hole.getKey());
                put(end, holeEnd - end);
                used.put(start, bytes);
                ram.fill(start, (int) bytes, 0);
                return start;
            }
        }
        throw new IllegalStateException("the test driver's memory is used up");
    }

    private void put(long start, long length) {
        if (length > 0) {
            free.put(start, length);
        }
    }

    /** Gives memory back. The caller has withdrawn it from the device. */
    public void free(long address) {
        Long length = used.remove(address);
        if (length == null) {
            throw new IllegalStateException("not allocated");
        }
        ram.fill(address, length.intValue(), POISON);
        long start = address;
        long end = address + length;
        Map.Entry<Long, Long> below = free.lowerEntry(start);
        if (below != null && below.getKey() + below.getValue() == start) {
            start = below.getKey();
            free.remove(start);
        }
        Long above = free.remove(end);
        if (above != null) {
            end += above;
        }
        free.put(start, end - start);
    }

    /** Whether freed memory is as it was left; false: somebody wrote there after it was given back. */
    public boolean freedMemoryIsUntouched(long address, int length) {
        for (int i = 0; i < length; i++) {
            if (ram.get8(address + i) != POISON) {
                return false;
            }
        }
        return true;
    }
}
