// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.MappedFile;

/**
 * A range of guest-physical addresses the client has announced.
 *
 * @param iova first address, unsigned
 * @param size bytes, unsigned, at least 1, not beyond the last address
 * @param flags {@link #READ}, {@link #WRITE}
 * @param share the file behind it, or null for memory that the device cannot reach (firmware ROM, frame buffer)
 * @param fileOffset offset of the first address in the file
 */
record DmaRegion(long iova, long size, int flags, @Nullable SharedMapping share, long fileOffset) {
    static final int READ = 1;
    static final int WRITE = 2;

    /** Last address. */
    long last() {
        return iova + size - 1;
    }

    boolean contains(long address) {
        return Long.compareUnsigned(address - iova, size) < 0;
    }

    /** The file to load from, or null if the device may not or cannot load. */
    @Nullable
    MappedFile readable() {
        return share != null && (flags & READ) != 0 ? share.file() : null;
    }

    /** The file to store to, or null if the device may not or cannot store. */
    @Nullable
    MappedFile writable() {
        return share != null && (flags & WRITE) != 0 && share.file().writable() ? share.file() : null;
    }

    /** Where an address is in the {@linkplain #readable mapped} piece of the file. */
    long offsetOf(long address) {
        return share == null ? 0 : fileOffset - share.startOffset() + (address - iova);
    }

    /** Bytes of at most {@code wanted} that lie in this range from {@code address} on. */
    int clip(long address, int wanted) {
        long left = last() - address; // one less than the number of bytes: 2^64 would not fit
        return Long.compareUnsigned(left, wanted - 1L) < 0 ? (int) (left + 1) : wanted;
    }
}
