// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.spi.CardBudget;

/** The commands DMA_MAP and DMA_UNMAP. Device thread only, so that no range is in use while it is removed. */
final class DmaCommands {
    private static final int FLAGS = 4; // le32
    private static final int MAP_OFFSET = 8; // le64
    private static final int MAP_IOVA = 16; // le64
    private static final int MAP_SIZE = 24; // le64
    private static final int MAP_LENGTH = 32;
    private static final int UNMAP_IOVA = 8; // le64
    private static final int UNMAP_SIZE = 16; // le64
    private static final int UNMAP_LENGTH = 24;
    private static final int UNMAP_ALL = 2;

    private final DmaTable table;
    private final GuestFiles files;
    private final RateLimitedLog log;
    private final long mostRanges;

    DmaCommands(DmaTable table, GuestFiles files, CardBudget budget, RateLimitedLog log) {
        this.table = table;
        this.files = files;
        this.log = log;
        mostRanges = budget.most(CardBudget.Limit.DMA_RANGES);
    }

    void map(Message message, Reply reply) {
        if (message.payloadLength() < MAP_LENGTH || message.fds().count() > 1) {
            reply.error(Errno.EINVAL);
            return;
        }
        long iova = message.u64(MAP_IOVA);
        long size = message.u64(MAP_SIZE);
        int errno = checkRange(iova, size);
        if (errno != 0) {
            log.warn(() -> String.format("DMA_MAP of 0x%x, 0x%x bytes refused: error %d", iova, size, errno));
            reply.error(errno);
            return;
        }
        int flags = message.u32(FLAGS);
        long offset = message.u64(MAP_OFFSET);
        SharedMapping share = null;
        try {
            if (message.fds().count() == 1) {
                boolean writable = (flags & DmaRegion.WRITE) != 0;
                share = files.acquire(message.fds().get(0), offset, size, writable);
            }
        } catch (ErrnoException e) {
            log.warn(() -> String.format(
                    "the guest memory file for 0x%x, 0x%x bytes cannot be used: %s", iova, size, e.getMessage()));
            reply.error(e.errno());
            return;
        }
        boolean added = false;
        try {
            table.add(new DmaRegion(iova, size, flags, share, offset));
            added = true;
        } finally {
            if (!added) {
                release(share);
            }
        }
    }

    private int checkRange(long iova, long size) {
        if (size == 0 || Long.compareUnsigned(iova + size - 1, iova) < 0) {
            return Errno.EINVAL;
        }
        if (table.overlaps(iova, iova + size - 1)) {
            return Errno.EEXIST;
        }
        return table.size() >= mostRanges ? Errno.ENOSPC : 0;
    }

    /** The reply repeats the request: cloud-hypervisor waits for all 24 bytes. */
    void unmap(Message message, Reply reply) {
        if (message.payloadLength() < UNMAP_LENGTH) {
            reply.error(Errno.EINVAL);
            return;
        }
        long iova = message.u64(UNMAP_IOVA);
        long size = message.u64(UNMAP_SIZE);
        if ((message.u32(FLAGS) & UNMAP_ALL) != 0) {
            clear();
        } else if (!removeRange(iova, size)) {
            log.warn(() -> String.format("DMA_UNMAP of 0x%x, 0x%x bytes refused: no such range", iova, size));
            reply.error(Errno.ENOENT);
            return;
        }
        reply.payload(UNMAP_LENGTH);
        reply.copy(0, message.copy(0, UNMAP_LENGTH));
    }

    /** Removes the ranges inside this one; none may extend beyond it. */
    private boolean removeRange(long iova, long size) {
        long last = iova + size - 1;
        if (size == 0 || Long.compareUnsigned(last, iova) < 0) {
            return false;
        }
        int from = table.firstFrom(iova);
        int to = from;
        while (to < table.size() && Long.compareUnsigned(table.get(to).last(), last) <= 0) {
            to++;
        }
        boolean cutsFirst = from > 0 && table.get(from - 1).contains(iova);
        boolean cutsLast =
                to < table.size() && Long.compareUnsigned(table.get(to).iova(), last) <= 0;
        if (from == to || cutsFirst || cutsLast) {
            return false;
        }
        remove(from, to);
        return true;
    }

    /** Removes all ranges. */
    void clear() {
        remove(0, table.size());
    }

    private void remove(int from, int to) {
        for (int i = from; i < to; i++) {
            SharedMapping share = table.get(i).share();
            release(share);
        }
        table.remove(from, to);
    }

    private void release(@Nullable SharedMapping share) {
        if (share != null) {
            files.release(share);
        }
    }
}
