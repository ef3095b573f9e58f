// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.spi.CardBudget;

/**
 * The ranges of guest memory that the client announces and takes away. Device thread only, so that no range is in use
 * while it is removed.
 */
public final class AnnouncedMemory {
    /** Stands for a missing descriptor: memory that the device cannot reach. */
    public static final int NO_FILE = -1;

    private final MemoryTable table;
    private final GuestFiles files;
    private final long mostRanges;

    AnnouncedMemory(MemoryTable table, ClientRules rules) {
        this(table, new GuestFiles(rules), rules.budget().most(CardBudget.Limit.DMA_RANGES));
    }

    AnnouncedMemory(MemoryTable table, GuestFiles files, long mostRanges) {
        this.table = table;
        this.files = files;
        this.mostRanges = mostRanges;
    }

    /** Makes an area for another file of the client's, within the same budget; nothing of it is left when the client is gone. */
    public SharedArea newArea() {
        return new SharedArea(files);
    }

    /** Makes room for bits in another file of the client's, likewise. */
    public SharedBits newBits() {
        return new SharedBits(files);
    }

    /**
     * Why a range cannot be added.
     *
     * @param start first address, unsigned
     * @param size bytes, unsigned
     * @return EINVAL: there is no such range; EEXIST: it overlaps another; ENOSPC: there are as many as allowed; 0: it
     *     can
     */
    public int refusal(long start, long size) {
        if (size == 0 || Long.compareUnsigned(start + size - 1, start) < 0) {
            return Errno.EINVAL;
        }
        if (table.overlaps(start, start + size - 1)) {
            return Errno.EEXIST;
        }
        return table.size() >= mostRanges ? Errno.ENOSPC : 0;
    }

    /**
     * Adds a range for which there is no {@link #refusal}.
     *
     * @param start first address, unsigned
     * @param size bytes, unsigned
     * @param readable whether the device may load from it
     * @param writable whether the device may store to it
     * @param fd the file behind it, which stays the caller's; {@link #NO_FILE}: none
     * @param fileOffset where the first address is in the file, unsigned
     * @throws ErrnoException if the file cannot be mapped, or not within the budget
     */
    public void add(long start, long size, boolean readable, boolean writable, int fd, long fileOffset)
            throws ErrnoException {
        SharedMapping share = fd == NO_FILE ? null : files.acquire(fd, fileOffset, size, writable);
        boolean added = false;
        try {
            table.add(new MemoryRegion(start, size, readable, writable, share, fileOffset));
            added = true;
        } finally {
            if (!added) {
                release(share);
            }
        }
    }

    /**
     * Removes the ranges inside this one; none may extend beyond it.
     *
     * @return whether there was one, and none extended beyond it: otherwise nothing changes
     */
    public boolean remove(long start, long size) {
        long last = start + size - 1;
        if (size == 0 || Long.compareUnsigned(last, start) < 0) {
            return false;
        }
        int from = table.firstFrom(start);
        int to = from;
        while (to < table.size() && Long.compareUnsigned(table.get(to).last(), last) <= 0) {
            to++;
        }
        boolean cutsFirst = from > 0 && table.get(from - 1).contains(start);
        boolean cutsLast =
                to < table.size() && Long.compareUnsigned(table.get(to).start(), last) <= 0;
        if (from == to || cutsFirst || cutsLast) {
            return false;
        }
        remove(from, to);
        return true;
    }

    /** Removes all ranges. */
    public void removeAll() {
        remove(0, table.size());
    }

    /** The client has gone: removes everything, including what an error in the middle of a request has left. */
    void clear() {
        removeAll();
        files.clear();
    }

    private void remove(int from, int to) {
        for (int i = from; i < to; i++) {
            release(table.get(i).share());
        }
        table.remove(from, to);
    }

    private void release(@Nullable SharedMapping share) {
        if (share != null) {
            files.release(share);
        }
    }

    /** Number of ranges. */
    int ranges() {
        return table.size();
    }

    /** Mappings of the process for them. */
    int mappings() {
        return files.size();
    }

    /** Bytes of address space for them. */
    long mappedBytes() {
        return files.mappedBytes();
    }
}
