package org.vsnd.vfiouser;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The client's ranges, sorted by address, none overlapping. Device thread only; looking up allocates nothing. */
final class DmaTable {
    /** The protocol's default for {@code max_dma_maps}. */
    static final int MAX_REGIONS = 65535;

    private DmaRegion[] regions = {};
    private @Nullable DmaRegion lastHit;

    int size() {
        return regions.length;
    }

    DmaRegion get(int index) {
        return regions[index];
    }

    /** The range that holds an address, or null. */
    @Nullable
    DmaRegion find(long address) {
        DmaRegion hit = lastHit;
        if (hit != null && hit.contains(address)) {
            return hit;
        }
        int index = firstFrom(address);
        if (index < regions.length && regions[index].iova() == address) {
            hit = regions[index];
        } else if (index > 0 && regions[index - 1].contains(address)) {
            hit = regions[index - 1];
        } else {
            return null;
        }
        lastHit = hit;
        return hit;
    }

    /** Index of the first range that begins at {@code address} or above. */
    int firstFrom(long address) {
        int low = 0;
        int high = regions.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(regions[middle].iova(), address) < 0) {
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
        return (index > 0 && Long.compareUnsigned(regions[index - 1].last(), first) >= 0)
                || (index < regions.length && Long.compareUnsigned(regions[index].iova(), last) <= 0);
    }

    /** Adds a range that overlaps none. */
    void add(DmaRegion region) {
        int index = firstFrom(region.iova());
        DmaRegion[] more = Arrays.copyOf(regions, regions.length + 1);
        System.arraycopy(regions, index, more, index + 1, regions.length - index);
        more[index] = region;
        regions = more;
    }

    /** Removes the ranges with indexes {@code from} (included) to {@code to} (excluded). */
    void remove(int from, int to) {
        DmaRegion[] fewer = Arrays.copyOf(regions, regions.length - (to - from));
        System.arraycopy(regions, to, fewer, from, regions.length - to);
        regions = fewer;
        lastHit = null;
    }
}
