// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A kernel's address space: free ranges in lists by the power of two of their length, the one freed first taken first. A
 * request is met from the first list in which every range is long enough, so that three pages are never put into a hole of
 * three, but into one of four or more: that is how a ring of 256 comes to lie where a buffer was.
 */
final class KernelPlaces implements AreaPlaces {
    private record Range(long address, long bytes) {}

    private final List<Deque<Range>> free = new ArrayList<>();
    private long next; // never used so far, up to the end
    private final long end;

    KernelPlaces(long start, long end) {
        next = start;
        this.end = end;
        for (int list = 0; list < Long.SIZE; list++) {
            free.add(new ArrayDeque<>());
        }
    }

    private static int floorLog2(long pages) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(pages);
    }

    private static long pages(long bytes) {
        return bytes / AreaSpace.PAGE_BYTES;
    }

    @Override
    public long take(int bytes) {
        long wanted = (long) bytes + AreaSpace.PAGE_BYTES; // with a page behind it that nobody has
        for (int list = floorLog2(2 * pages(bytes) - 1); list < free.size(); list++) {
            Range range = free.get(list).poll();
            if (range == null) {
                continue;
            }
            if (range.bytes() > wanted + AreaSpace.PAGE_BYTES) {
                add(range.address() + wanted, range.bytes() - wanted);
            }
            return range.address();
        }
        if (next + wanted > end) {
            throw new IllegalStateException("the guest's memory is used up");
        }
        long address = next;
        next += wanted;
        return address;
    }

    @Override
    public void give(long address, int bytes) {
        add(address, (long) bytes + AreaSpace.PAGE_BYTES);
    }

    private void add(long address, long bytes) {
        free.get(floorLog2(pages(bytes - AreaSpace.PAGE_BYTES))).add(new Range(address, bytes));
    }
}
