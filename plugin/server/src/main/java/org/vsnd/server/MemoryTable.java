// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The client's ranges, sorted by address, none overlapping. Device thread only; looking up allocates nothing. */
final class MemoryTable {
    private static final int FEW = 32;

    private @Nullable MemoryRegion[] regions = new @Nullable MemoryRegion[FEW];
    private int size;
    private @Nullable MemoryRegion lastHit;

    int size() {
        return size;
    }

    MemoryRegion get(int index) {
        return Objects.requireNonNull(regions[index]);
    }

    /** The range that holds an address, or null. */
    @Nullable
    MemoryRegion find(long address) {
        MemoryRegion hit = lastHit;
        if (hit != null && hit.contains(address)) {
            return hit;
        }
        int index = firstFrom(address);
        if (index < size && get(index).start() == address) {
            hit = get(index);
        } else if (index > 0 && get(index - 1).contains(address)) {
            hit = get(index - 1);
        } else {
            return null;
        }
        lastHit = hit;
        return hit;
    }

    /** Index of the first range that begins at {@code address} or above. */
    int firstFrom(long address) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(get(middle).start(), address) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Whether any range has an address between the two, both included. */
    boolean overlaps(long first, long last) {
        int index = firstFrom(first);
        return (index > 0 && Long.compareUnsigned(get(index - 1).last(), first) >= 0)
                || (index < size && Long.compareUnsigned(get(index).start(), last) <= 0);
    }

    /** Adds a range that overlaps none. */
    void add(MemoryRegion region) {
        if (size == regions.length) {
            regions = Arrays.copyOf(regions, 2 * size);
        }
        int index = firstFrom(region.start());
        System.arraycopy(regions, index, regions, index + 1, size - index);
        regions[index] = region;
        size++;
    }

    /** Removes the ranges with indexes {@code from} (included) to {@code to} (excluded). */
    void remove(int from, int to) {
        System.arraycopy(regions, to, regions, from, size - to);
        Arrays.fill(regions, size - (to - from), size, null);
        size -= to - from;
        lastHit = null;
    }
}
