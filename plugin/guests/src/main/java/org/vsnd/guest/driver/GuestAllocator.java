// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import com.google.common.collect.Range;
import com.google.common.collect.RangeSet;
import com.google.common.collect.TreeRangeSet;
import java.util.HashMap;
import java.util.Map;

/** First-fit memory for the driver; freed memory is filled with a pattern and may not be touched by the device. */
public final class GuestAllocator {
    /** What freed memory is filled with. */
    public static final int POISON = 0xa5;

    private final GuestRam ram;
    private final RangeSet<Long> free = TreeRangeSet.create();
    private final Map<Long, Range<Long>> used = new HashMap<>(); // by address

    /** All of {@code length} bytes from {@code start} on are free. */
    public GuestAllocator(GuestRam ram, long start, long length) {
        this.ram = ram;
        free.add(Range.closedOpen(start, start + length));
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
        for (Range<Long> hole : free.asRanges()) {
            long start = (hole.lowerEndpoint() + align - 1) & -align;
            if (start + bytes <= hole.upperEndpoint()) {
                Range<Long> taken = Range.closedOpen(start, start + bytes);
                free.remove(taken);
                used.put(start, taken);
                ram.fill(start, (int) bytes, 0);
                return start;
            }
        }
        throw new IllegalStateException("the test driver's memory is used up");
    }

    /** Gives memory back. The caller has withdrawn it from the device. */
    public void free(long address) {
        Range<Long> taken = used.remove(address);
        if (taken == null) {
            throw new IllegalStateException("not allocated");
        }
        ram.fill(address, (int) (taken.upperEndpoint() - address), POISON);
        free.add(taken);
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
